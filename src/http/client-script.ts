/** The scripts of the browser client, by the names under which they are served. */
export const SCRIPTS = {
  "client.js": "index.ts",
  "client-worker.js": "tabs-worker.ts",
} as const;

export type ScriptName = keyof typeof SCRIPTS;

/**
 * Bundles a script of the browser client. In the executable, which has no sources, `build.ts` puts the
 * finished scripts in the place of this module.
 */
export async function clientScript(name: ScriptName): Promise<string> {
  const entrypoint = new URL(`../client/${SCRIPTS[name]}`, import.meta.url).pathname;
  const { outputs } = await Bun.build({
    entrypoints: [entrypoint],
    target: "browser",
    format: "esm",
    minify: true,
  });
  return (await outputs[0]?.text()) ?? "";
}
