/** The path of the film of `/danmaku`, which its page or its script names. */
export async function filmOf(server: string): Promise<string> {
  const html = await (await fetch(`${server}/danmaku`)).text();
  const scripts = [...html.matchAll(/"(\/[^"]+\.js)"/g)].map(([, path]) => server + path);
  const texts = await Promise.all(scripts.map(async (script) => (await fetch(script)).text()));
  const [, film] = /["'`](\/[^"'`]+\.webm)["'`]/.exec([html, ...texts].join("\n")) ?? [];
  if (film === undefined) throw new Error("no film is named");
  return film;
}
