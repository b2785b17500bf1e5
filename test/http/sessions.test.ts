import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import type { Bellcast } from "../../src/index.ts";
import { Client } from "../transport/ws.ts";
import { body, brief, start } from "./harness.ts";

const ended: string[] = [];
let app: Bellcast;
beforeAll(async () => {
  app = await start({
    onDisconnect: ({ sid, code, reason }) => ended.push(`${sid} ${code} ${reason}`),
  });
});
afterAll(() => app.close());

interface List {
  readonly total: number;
  readonly sessions: readonly { readonly sid: string }[];
}

const list = (query = "") => body<List>(fetch(`${app.url}/v1/sessions${query}`));
const remove = (sid: string) => fetch(`${app.url}/v1/sessions/${sid}`, { method: "DELETE" });

describe("the list of sessions", () => {
  test("is in the order of their opening, and can be narrowed", async () => {
    using _ = await Client.open(app.url, "/ws/a");
    using __ = await Client.open(app.url, "/ws/b");
    using ___ = await Client.open(app.url, "/ws/a");
    const sids = async (query: string) => (await list(query)).sessions.map(({ sid }) => sid);
    expect(await list()).toMatchObject({ total: 3 });
    expect(await sids("")).toEqual(["a", "b", "a"]);
    expect(await sids("?sid=a")).toEqual(["a", "a"]);
    expect(await sids("?sid=a&limit=1")).toEqual(["a"]);
    expect(await sids("?limit=2")).toEqual(["a", "b"]);
    expect(await sids("?sid=nobody")).toEqual([]);
  });

  test.each(["0", "10001", "", "all"])("takes no limit of %j", async (limit) => {
    const response = await fetch(`${app.url}/v1/sessions?limit=${limit}`);
    expect(await brief(response)).toEqual([400, "invalid_parameter"]);
  });
});

describe("removing a sid", () => {
  test("closes every session of it with 4403, and leaves the others", async () => {
    using first = await Client.open(app.url, "/ws/张三");
    using second = await Client.open(app.url, "/ws/张三?topics=chat");
    using other = await Client.open(app.url, "/ws/李四");
    ended.length = 0;
    const response = await remove(encodeURIComponent("张三"));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ sid: "张三", closed: 2 });
    expect(await first.closed).toEqual({ code: 4403, reason: "removed" });
    expect(await second.closed).toEqual({ code: 4403, reason: "removed" });
    expect(ended).toEqual(["张三 4403 removed", "张三 4403 removed"]);
    await app.publish("@李四", "still here");
    expect(await other.next()).toBe("still here");
    expect(await brief(await remove("张三"))).toEqual([404, "unknown_session"]);
  });

  test.each(["nobody", "%40a", "a%20b", "x".repeat(1_000), "__proto__"])(
    "of whom there is none is not found: %s",
    async (sid) => {
      expect(await brief(await remove(sid))).toEqual([404, "unknown_session"]);
    },
  );
});
