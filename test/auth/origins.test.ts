import { describe, expect, test } from "bun:test";

import type { Bellcast, BellcastOptions } from "../../src/index.ts";
import { brief, start } from "../http/harness.ts";
import { lines, raw } from "../http/raw.ts";
import { type Changes, handshake } from "../transport/ws.ts";

const taken: [number, string] = [101, ""];
const refused: [number, string] = [403, "origin_refused"];

/** Asks a server for a socket, as a page of the origin. */
async function connect(app: Bellcast, origin: string, path = "/ws/a", changes: Changes = {}) {
  return brief(await raw(app.url, handshake(path, { Origin: origin, ...changes })));
}

const lan = "192.168.1.10:8080";
const loopback: BellcastOptions = {};
const listed: BellcastOptions = {
  auth: { origins: ["https://shop.example", "http://intranet:8000"] },
};
const open: BellcastOptions = { host: "0.0.0.0", auth: { mode: "open" } };

const table: [
  title: string,
  options: BellcastOptions,
  cases: [string, [number, string], Changes?][],
][] = [
  [
    "bound to loopback",
    loopback,
    [
      ["http://localhost", taken],
      ["http://localhost:5173", taken],
      ["https://localhost:8443", taken],
      ["http://127.0.0.1:1", taken],
      ["http://127.1.2.3", taken],
      ["http://[::1]:3000", taken],
      ["http://evil.example", refused],
      ["http://localhost.evil.example", refused],
      ["http://evil.example:80/localhost", refused],
      ["http://localhost@evil.example", refused],
      ["http://192.168.1.10", refused],
      ["file://", refused],
      ["ftp://localhost", refused],
      ["chrome-extension://abcdefgh", refused],
      ["localhost", refused],
      ["", refused],
      ["NULL", refused],
      ["null", refused],
      ["null, http://localhost", refused],
      ["http://localhost http://evil.example", refused],
    ],
  ],
  [
    "with a list",
    listed,
    [
      ["https://shop.example", taken],
      ["http://intranet:8000", taken],
      ["http://localhost:5173", taken],
      ["http://shop.example", refused],
      ["https://shop.example:444", refused],
      ["https://www.shop.example", refused],
      ["https://shop.example.evil.example", refused],
      ["http://intranet", refused],
      ["null", refused],
    ],
  ],
  [
    "bound to all, and open",
    open,
    [
      ["http://192.168.1.10:8080", taken, { Host: lan }],
      ["http://bell.example", taken, { Host: "localhost", Origin: undefined }],
      ["http://localhost", taken, { Host: "localhost:80" }],
      ["https://localhost", taken, { Host: "localhost:443" }],
      ["http://192.168.1.10", refused, { Host: lan }],
      ["http://192.168.1.10:8081", refused, { Host: lan }],
      ["http://192.168.1.11:8080", refused, { Host: lan }],
      // Other programs of the visitor's own machine are no friends of a server on the network.
      ["http://localhost:5173", refused, { Host: lan }],
      ["http://127.0.0.1:3000", refused, { Host: lan }],
      ["http://evil.example", refused, { Host: lan }],
      ["null", refused, { Host: lan }],
    ],
  ],
];

describe.each(table)("%s, an origin decides", (_, options, cases) => {
  test("alone who may connect", async () => {
    await using app = await start(options);
    for (const [origin, expected, changes] of cases) {
      expect([origin, ...(await connect(app, origin, "/ws/a", changes))]).toEqual([
        origin,
        ...expected,
      ]);
    }
  });
});

describe("a page opened from disk, whose origin is null", () => {
  const fromDisk: BellcastOptions = { auth: { allowFromDisk: true } };

  test("may do what the tutorial's page does, and nothing else", async () => {
    await using app = await start(fromDisk);
    const cases: [string, [number, string], Changes?][] = [
      ["/ws/a", taken],
      ["/ws/%E5%BC%A0", taken],
      ["/ws/a?token=x", taken],
      ["/ws/a?topics=chat", refused],
      ["/ws/a?topics=", refused],
      ["/ws/a?to=chat", refused],
      ["/ws/a?since=all", refused],
      ["/ws/a?%74opics=chat", refused],
      ["/ws/a", refused, { "Sec-WebSocket-Protocol": "bellcast.v1" }],
      ["/ws/a", refused, { "Sec-WebSocket-Protocol": "" }],
      ["/ws", refused],
      ["/ws/", refused],
      ["/ws/a/b", refused],
      ["/ws/../ws", refused],
      ["/ws/%2e%2e/healthz", refused],
    ];
    for (const [path, expected, changes] of cases) {
      expect([path, ...(await connect(app, "null", path, changes))]).toEqual([path, ...expected]);
    }
  });

  test.each([
    "GET /healthz",
    "GET /t/a",
    "POST /t/a",
    "GET /v1/sessions",
    "DELETE /v1/sessions/a",
    "OPTIONS /t/a",
    "GET /",
  ])("may not %s", async (target) => {
    await using app = await start(fromDisk);
    const request = lines([`${target} HTTP/1.1`, "Host: localhost", "Origin: null"]);
    expect(await brief(await raw(app.url, request))).toEqual(refused);
  });

  test("is not let in by another spelling, nor through a proxy, nor under another name", async () => {
    await using app = await start(fromDisk);
    expect(await connect(app, "Null")).toEqual(refused);
    expect(await connect(app, "null, null")).toEqual(refused);
    expect(await connect(app, "null", "/ws/a", { Via: "1.1 x" })).toEqual([
      401,
      "credentials_required",
    ]);
    expect(await connect(app, "null", "/ws/a", { Host: "evil.example" })).toEqual([
      421,
      "wrong_host",
    ]);
  });

  test("may do everything when it is listed", async () => {
    await using app = await start({ auth: { origins: ["null"] } });
    for (const path of ["/ws/a", "/ws", "/ws/a?topics=chat&to=chat", "/ws/a?since=all"]) {
      expect(await connect(app, "null", path)).toEqual(taken);
    }
    const asked = { "Sec-WebSocket-Protocol": "bellcast.v1" };
    expect(await connect(app, "null", "/ws/a", asked)).toEqual(taken);
    const response = await fetch(`${app.url}/healthz`, { headers: { Origin: "null" } });
    expect(response.headers.get("access-control-allow-origin")).toBe("null");
  });
});
