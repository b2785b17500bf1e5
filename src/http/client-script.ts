/**
 * Bundles the browser client into one script. In the executable, which has no sources, `build.ts` puts
 * the finished script in the place of this module.
 */
export async function clientScript(): Promise<string> {
  const entrypoint = new URL("../client/index.ts", import.meta.url).pathname;
  const { outputs } = await Bun.build({
    entrypoints: [entrypoint],
    target: "browser",
    format: "esm",
    minify: true,
  });
  return (await outputs[0]?.text()) ?? "";
}
