import { expect, test } from "bun:test";

import { bellcast, BellcastError } from "../../src/index.ts";
import { bareSocket, Client, closeFrame } from "../transport/ws.ts";
import { type Receipt, start } from "./harness.ts";
import { lines, RawConnection } from "./raw.ts";

const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";
const HEALTH = lines(["GET /healthz HTTP/1.1", "Host: localhost"]);

/** A POST whose body has still to be sent, and whose head the server has read. */
async function slowPost(url: string, length: number): Promise<RawConnection> {
  const connection = await RawConnection.open(url);
  const head = ["POST /t/slow HTTP/1.1", "Host: localhost", `Content-Length: ${length}`];
  connection.write(lines([...head, "Expect: 100-continue"]));
  await connection.bytes(CONTINUE.length);
  return connection;
}

test("what is under way is answered, and reaches the sockets before they are closed", async () => {
  const app = await start();
  const client = await Client.open(app.url, "/ws/a?topics=slow");
  const post = await slowPost(app.url, 4);
  const closed = app.close();
  post.write("late");
  const answer = await post.response();
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.body) as Receipt).toMatchObject({ topic: "slow", sessions: 1 });
  expect(await client.next()).toBe("late");
  expect(await client.closed).toEqual({ code: 1012, reason: "restart" });
  await closed;
  await post.closed;
});

test("every socket sees 1012, however many there are", async () => {
  const app = await start();
  const clients = await Promise.all(
    Array.from({ length: 600 }, (_, index) => Client.open(app.url, `/ws/${index}`)),
  );
  await app.close();
  const codes = await Promise.all(clients.map(async ({ closed }) => (await closed).code));
  expect(new Set(codes)).toEqual(new Set([1012]));
});

test("connections that ask for nothing end at once, and new ones are taken by nobody", async () => {
  const app = await start();
  const slow = await slowPost(app.url, 1);
  const kept = await RawConnection.open(app.url);
  kept.write(HEALTH);
  expect((await kept.response()).status).toBe(200);
  const closed = app.close();
  await kept.closed;
  await expect(RawConnection.open(app.url)).rejects.toThrow();
  slow.write("x");
  expect((await slow.response()).status).toBe(200);
  await closed;
});

test("it ends in bounded time, whatever the clients do", async () => {
  const app = await start();
  // One that never answers the close frame, one that never reads, one whose body never comes, one in its head.
  const { socket: mute } = await bareSocket(app.url, "/ws/mute");
  const { socket: deaf } = await bareSocket(app.url, "/ws/deaf?topics=flood");
  deaf.pause();
  for (let n = 0; n < 50; n++) await app.publish("flood", "x".repeat(64 * 1024));
  const stuck = await slowPost(app.url, 10);
  const half = await RawConnection.open(app.url);
  half.write("GET /healthz HTTP/1.1\r\nHost: loc");
  const startedAt = performance.now();
  await app.close();
  expect(performance.now() - startedAt).toBeLessThan(9_000);
  expect(await mute.rest()).toEqual(closeFrame(1012, "restart"));
  deaf.resume();
  await Promise.all([deaf.closed, stuck.closed, half.closed]);
}, 15_000);

test("nothing is left: the port is free, and closing again does nothing", async () => {
  const app = await start({ jobs: [{ name: "tick", cron: "* * * * * *", message: "x" }] });
  const port = Number(new URL(app.url).port);
  const client = await Client.open(app.url, "/ws/a");
  await Promise.all([app.close(), app.close()]);
  await app.close();
  expect((await client.closed).code).toBe(1012);
  await using again = await start({ port });
  expect((await fetch(`${again.url}/healthz`)).status).toBe(200);
});

test("a server that is disposed of is closed", async () => {
  let url: string;
  {
    await using app = await start();
    ({ url } = app);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  }
  await expect(RawConnection.open(url)).rejects.toThrow();
});

test("a port that is taken is an error with its code", async () => {
  await using app = await start();
  const again = start({ port: Number(new URL(app.url).port) });
  await expect(again).rejects.toMatchObject({ code: "EADDRINUSE" });
});

test("a wide binding, or names, need auth.mode open", async () => {
  await expect(start({ host: "0.0.0.0" })).rejects.toBeInstanceOf(TypeError);
  await expect(start({ host: "::" })).rejects.toBeInstanceOf(TypeError);
  await expect(start({ hosts: ["bell.example"] })).rejects.toBeInstanceOf(TypeError);
  await using wide = await start({ host: "0.0.0.0", auth: { mode: "open" } });
  const { port } = new URL(wide.url);
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
});

test("a job that cannot run is told of at once", async () => {
  const job = { name: "wrong", cron: "0/5 * * * * ?", topic: "a b", message: "x" };
  await expect(bellcast({ port: 0, jobs: [job] })).rejects.toBeInstanceOf(BellcastError);
});
