import { test } from "bun:test";
test("x", async () => {
  const asked = Promise.withResolvers<void>();
  const s = Bun.serve({ port: 0, fetch: () => { asked.resolve(); return new Promise<Response>(() => {}); } });
  const r = fetch(s.url).then(() => "ok", (e) => "cut " + e.code);
  await asked.promise;
  void s.stop(false);
  await Bun.sleep(100);
  const t = performance.now();
  await s.stop(true);
  console.log("stop(true)", performance.now() - t, await r, performance.now() - t);
});
import { start } from "./http/harness.ts";
test("y", async () => {
  const asked = Promise.withResolvers<void>();
  const app = await start({ onPublish: () => (asked.resolve(), new Promise<never>(() => {})) });
  const r = fetch(app.url + "/t/a", {method: "POST", body: "x"}).then(() => "ok", (e) => "cut " + e.code);
  await asked.promise;
  const t = performance.now();
  void r.then((x) => console.log(x, performance.now() - t));
  await app.close(); console.log("close", performance.now() - t);
});
