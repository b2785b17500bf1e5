import { describe, expect, test } from "bun:test";

import { Meter } from "../../public/compare/meter.ts";
import {
  abilitiesOf,
  choiceOf,
  protocolOf,
  type Surroundings,
} from "../../public/compare/support.ts";
import {
  chunkBytes,
  frameBytes,
  handshakeAnswerBytes,
  handshakeBytes,
  isChunked,
  requestBytes,
  responseHeadBytes,
  sizeOf,
} from "../../public/compare/wire-size.ts";

const SHARED = [
  "Host: 127.0.0.1:8080",
  "User-Agent: Mozilla/5.0",
  "Accept-Encoding: gzip, deflate",
  "Accept-Language: en-US",
  "Cookie: a=1",
];
const FETCH = [
  "Connection: keep-alive",
  'sec-ch-ua: "Chromium"',
  "Accept: */*",
  "Sec-Fetch-Mode: cors",
];
const headOf = (line: string, fields: readonly string[]) => [line, ...fields, "", ""].join("\r\n");

/** What the server says of a request with these headers. */
const seen = {
  path: "/v1/request",
  headerBytes: headOf("GET /v1/request HTTP/1.1", [...SHARED, ...FETCH]).length,
  headers: Object.fromEntries(
    [...SHARED, ...FETCH].map((field) => [
      field.slice(0, field.indexOf(":")).toLowerCase(),
      field.length + 2,
    ]),
  ),
};

describe("what stands on the wire", () => {
  test("of a request is what another has, with its own address", () => {
    const target = "/t/compare.1?since=all&limit=100";
    const head = headOf(`GET ${target} HTTP/1.1`, [...SHARED, ...FETCH]);
    expect(requestBytes(seen, target)).toBe(head.length);
  });

  test("of a handshake is what browsers send with one", () => {
    const head = headOf("GET /ws/ada?x=1 HTTP/1.1", [
      ...SHARED,
      "Connection: Upgrade",
      "Pragma: no-cache",
      "Cache-Control: no-cache",
      "Upgrade: websocket",
      "Origin: http://127.0.0.1:8080",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: CC8DS9yPKFFGIUbzfJLVBw==",
      "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
      "Sec-WebSocket-Protocol: bellcast.v1",
    ]);
    const url = new URL("ws://127.0.0.1:8080/ws/ada?x=1");
    expect(handshakeBytes(seen, url, "http://127.0.0.1:8080", "bellcast.v1")).toBe(head.length);
  });

  test("of its answer is what the server says", () => {
    const head = headOf("HTTP/1.1 101 Switching Protocols", [
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Accept: MVONXmAd+J5Xrhhl4IZiJcAXW5M=",
      "Sec-WebSocket-Protocol: bellcast.v1",
      "Date: Thu, 26 Nov 2026 14:16:16 GMT",
    ]);
    expect(handshakeAnswerBytes("bellcast.v1")).toBe(head.length);
  });

  test("of an answer are its status, its headers and the empty line", () => {
    const response = new Response("{}", {
      status: 200,
      statusText: "OK",
      headers: { "Content-Length": "2", "Cache-Control": "no-store", "Content-Type": "text/plain" },
    });
    const head = headOf("HTTP/1.1 200 OK", [
      "Content-Length: 2",
      "Cache-Control: no-store",
      "Content-Type: text/plain",
    ]);
    expect(responseHeadBytes(response)).toBe(head.length);
  });

  test("is told in chunks where no length is told, shown by the browser or not", () => {
    const fields = ["content-type: text/event-stream"];
    const shown = new Response(null, {
      statusText: "OK",
      headers: { "content-type": "text/event-stream", "transfer-encoding": "chunked" },
    });
    const hidden = new Response(null, {
      statusText: "OK",
      headers: { "content-type": "text/event-stream" },
    });
    const head = headOf("HTTP/1.1 200 OK", [...fields, "transfer-encoding: chunked"]);
    expect([shown, hidden].map(responseHeadBytes)).toEqual([head.length, head.length]);
    expect(isChunked(new Headers(), 204)).toBe(false);
  });

  test.each([
    [1, "1\r\nx\r\n".length],
    [15, 1 + 2 + 15 + 2],
    [16, 2 + 2 + 16 + 2],
    [256, 3 + 2 + 256 + 2],
  ])("of a chunk of %d bytes are its size and two line ends", (size, bytes) => {
    expect(chunkBytes(size)).toBe(bytes);
  });

  test.each([
    [0, 2],
    [125, 127],
    [126, 130],
    [65_535, 65_539],
    [65_536, 65_546],
  ])("of a frame of %d bytes is its head, and a mask when a browser sends it", (size, bytes) => {
    expect(frameBytes(size, "server")).toBe(bytes);
    expect(frameBytes(size, "browser")).toBe(bytes + 4);
  });

  test("of a text are its bytes in UTF-8", () => {
    expect(sizeOf("a€弹")).toBe(7);
  });
});

describe("the meter", () => {
  test("counts requests, and bytes of both directions", () => {
    let now = 0;
    const meter = new Meter(() => now);
    meter.request(100);
    now = 50;
    meter.request(10);
    meter.receive(7);
    meter.send(3);
    expect(meter).toMatchObject({ requests: 2, sent: 113, received: 7, bytes: 120 });
    expect(meter.requestedAt).toEqual([0, 50]);
  });

  test("tells the rate of the last minute, and none before ten seconds", () => {
    let now = 0;
    const meter = new Meter(() => now);
    meter.receive(5_000);
    const pass = (seconds: number, bytes: number) => {
      for (let second = 0; second < seconds; second++) {
        now += 1_000;
        meter.receive(bytes);
        meter.sample();
      }
    };
    pass(9, 100);
    expect(meter.rate).toBeUndefined();
    pass(1, 100);
    expect(meter.rate).toBe(600);
    pass(60, 100);
    expect(meter.rate).toBe(100);
  });
});

describe("what the browser has", () => {
  const all: Surroundings = {
    WebSocket: class {},
    EventSource: class {},
    SharedWorker: class {},
    TextDecoderStream: class {},
    AbortSignal: { timeout() {} },
    Response: { prototype: { body: null } },
    isSecureContext: true,
  };

  test("is said with what the client does with it", () => {
    expect(abilitiesOf(all).every(({ isThere }) => isThere)).toBe(true);
    const none = abilitiesOf({ isSecureContext: false });
    expect(none.map(({ isThere }) => isThere)).toEqual(none.map(() => false));
    expect(none.map(({ meaning }) => meaning)).toContain("lacksSharedWorker");
  });

  test("decides what is used", () => {
    const { WebSocket: _, ...noSocket } = all;
    const { SharedWorker: __, ...alone } = all;
    const { TextDecoderStream: ___, ...noDecoder } = noSocket;
    expect([all, alone, noSocket, noDecoder].map(choiceOf)).toEqual([
      "choosesSharedWs",
      "choosesWs",
      "choosesSse",
      "choosesPoll",
    ]);
  });

  test("is spoken to by the protocol of the latest entry that names one", () => {
    const entries = [{ nextHopProtocol: "h2" }, { nextHopProtocol: "" }, {}];
    expect(protocolOf(entries as unknown as PerformanceEntry[])).toBe("h2");
    expect(protocolOf([])).toBeUndefined();
  });
});
