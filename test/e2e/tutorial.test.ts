import { expect } from "bun:test";
import { join, resolve } from "node:path";

import { browserTest, Page } from "./browser.ts";
import { ServerProcess, temporaryFolder } from "./executable.ts";

const MAIN = resolve(import.meta.dir, "../../src/main.ts");

/** The page of the Spring tutorials as it is, but for the port: tests take a free one. */
async function tutorialPage(folder: string, port: string): Promise<string> {
  const page = await Bun.file(join(import.meta.dir, "tutorial.html")).text();
  const file = join(folder, "index.html");
  await Bun.write(file, page.replace("localhost:8080", `localhost:${port}`));
  return `file://${file}`;
}

async function sids(url: string): Promise<string[]> {
  const { sessions } = await (await fetch(`${url}/v1/sessions`)).json();
  return sessions.map(({ sid }: { sid: string }) => sid);
}

browserTest("the tutorial's page, opened from disk, works unchanged", async () => {
  await using folder = await temporaryFolder();
  await using server = await ServerProcess.start([process.execPath, MAIN], { cwd: folder.path });
  const url = await tutorialPage(folder.path, new URL(server.url).port);
  await using page = await Page.open(url);
  const lines = `document.getElementById("message").innerHTML.split("<br>").filter(Boolean)`;

  await page.until(`${lines}[0] === "连接成功"`);
  await page.until(`${lines}.length >= 2`);
  expect(await page.evaluate(`${lines}[1]`)).toMatch(/^这是来自服务端的消息：\d\d:\d\d:\d[05]$/);

  const sid = String(await page.evaluate("clientId"));
  expect(await sids(server.url)).toEqual([sid]);
  await page.fill("#text", "你好，服务器");
  await page.click("#send");
  await server.logged(new RegExp(`event=session.message .*sid=${sid} data=你好，服务器`));

  await page.click("#close");
  await server.logged(new RegExp(`event=session.close .*sid=${sid} code=1005`));
  expect(await sids(server.url)).toEqual([]);
  await page.until(`${lines}.at(-1) === "close"`);
});

browserTest("a page from disk may not connect once there is a configuration", async () => {
  await using folder = await temporaryFolder();
  await Bun.write(join(folder.path, "bellcast.toml"), "");
  await using server = await ServerProcess.start([process.execPath, MAIN], { cwd: folder.path });
  const url = await tutorialPage(folder.path, new URL(server.url).port);
  await using page = await Page.open(url);
  await page.until(`document.getElementById("message").textContent.includes("close")`);
  expect(await sids(server.url)).toEqual([]);
});
