import { describe, expect, test } from "bun:test";

import { type ConnectionState, ReconnectingSocket } from "../../src/client/reconnecting-socket.ts";
import { FakeClock, FakeSocket } from "./fakes.ts";

function fixture({ random = () => 0.5 }: { random?: () => number } = {}) {
  FakeSocket.made = [];
  const clock = new FakeClock();
  const states: ConnectionState[] = [];
  const messages: (string | ArrayBuffer)[] = [];
  let urls = 0;
  const socket = new ReconnectingSocket({
    url: () => `ws://server/ws/a?try=${++urls}`,
    protocols: ["p"],
    onState: (state) => states.push(state),
    onMessage: (data) => messages.push(data),
    WebSocket: FakeSocket,
    random,
    clock,
  });
  const latest = (): FakeSocket => {
    const last = FakeSocket.made.at(-1);
    if (last === undefined) throw new Error("no socket was made");
    return last;
  };
  const kinds = () => states.map((state) => state.kind);
  return { socket, clock, states, kinds, messages, latest, made: () => FakeSocket.made.length };
}

describe("connecting", () => {
  test("starts closed and makes no socket until it is told to connect", () => {
    const { socket, made } = fixture();
    expect(socket.state).toEqual({ kind: "closed" });
    expect(made()).toBe(0);
  });

  test("asks for the address, the subprotocols and binary as buffers", () => {
    const { socket, latest } = fixture();
    socket.connect();
    expect(latest().url).toBe("ws://server/ws/a?try=1");
    expect(latest().protocols).toEqual(["p"]);
    expect(latest().binaryType).toBe("arraybuffer");
  });

  test("tells of connecting, then of open", () => {
    const { socket, latest, states } = fixture();
    socket.connect();
    latest().opens();
    expect(states).toEqual([{ kind: "connecting" }, { kind: "open" }]);
  });

  test("connecting twice makes one socket", () => {
    const { socket, made } = fixture();
    socket.connect();
    socket.connect();
    expect(made()).toBe(1);
  });

  test("hands on text and binary in order", () => {
    const { socket, latest, messages } = fixture();
    const bytes = new Uint8Array([1, 2]).buffer;
    socket.connect();
    latest().opens();
    latest().says("one");
    latest().says(bytes);
    expect(messages).toEqual(["one", bytes]);
  });

  test("sends while open, and refuses to otherwise", () => {
    const { socket, latest } = fixture();
    expect(socket.send("before")).toBe(false);
    socket.connect();
    expect(socket.send("connecting")).toBe(false);
    latest().opens();
    expect(socket.send("open")).toBe(true);
    expect(latest().sent).toEqual(["open"]);
    latest().ends(1006);
    expect(socket.send("lost")).toBe(false);
    expect(latest().sent).toEqual(["open"]);
  });

  test("gives up an attempt that has not opened after 15 seconds, and not before", () => {
    const { socket, clock, latest } = fixture();
    socket.connect();
    clock.pass(14_999);
    expect(socket.state.kind).toBe("connecting");
    clock.pass(1);
    expect(socket.state).toEqual({
      kind: "waiting",
      attempt: 1,
      retryAt: clock.now() + 250,
      code: 1006,
      reason: "",
    });
    expect(latest().closedWith).toEqual([undefined]);
  });

  test("an attempt that was given up is not heard when it opens after all", () => {
    const { socket, clock, latest, kinds, messages } = fixture();
    socket.connect();
    const late = latest();
    clock.pass(15_000);
    late.opens();
    late.says("too late");
    late.ends(1000);
    expect(kinds()).toEqual(["connecting", "waiting"]);
    expect(messages).toEqual([]);
  });
});

describe("backoff", () => {
  test("waits the whole of a ceiling that doubles from 500 ms and stays at 30 s", () => {
    const { socket, clock, latest } = fixture({ random: () => 1 });
    const delays: number[] = [];
    socket.connect();
    for (let failure = 0; failure < 10; failure++) {
      latest().ends(1006);
      if (socket.state.kind !== "waiting") throw new Error(socket.state.kind);
      delays.push(socket.state.retryAt - clock.now());
      clock.pass(delays.at(-1) ?? 0);
    }
    expect(delays).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, 30_000]);
  });

  test("stays at 30 s when the doubling has long left the numbers", () => {
    const { socket, clock, latest } = fixture({ random: () => 1 });
    socket.connect();
    for (let failure = 0; failure < 1100; failure++) {
      latest().ends(1006);
      clock.pass(30_000);
    }
    latest().ends(1006);
    expect(socket.state).toEqual({
      kind: "waiting",
      attempt: 1101,
      retryAt: clock.now() + 30_000,
      code: 1006,
      reason: "",
    });
  });

  test("takes a random part of the ceiling, down to nothing", () => {
    const parts = [0, 0.25];
    const { socket, clock, latest } = fixture({ random: () => parts.shift() ?? 1 });
    socket.connect();
    latest().ends(1006);
    expect(socket.state).toMatchObject({ attempt: 1, retryAt: clock.now() });
    clock.pass(0);
    latest().ends(1006);
    expect(socket.state).toMatchObject({ attempt: 2, retryAt: clock.now() + 250 });
  });

  test("tries again when the wait is over, not a millisecond before, with a new address", () => {
    const { socket, clock, latest, made } = fixture({ random: () => 1 });
    socket.connect();
    latest().ends(1006);
    clock.pass(499);
    expect(made()).toBe(1);
    clock.pass(1);
    expect(made()).toBe(2);
    expect(latest().url).toBe("ws://server/ws/a?try=2");
  });

  test("ten healthy seconds begin the backoff anew", () => {
    const { socket, clock, latest } = fixture({ random: () => 1 });
    socket.connect();
    latest().ends(1006);
    clock.pass(500);
    latest().opens();
    clock.pass(10_000);
    latest().ends(1006);
    expect(socket.state).toMatchObject({ attempt: 1, retryAt: clock.now() + 500 });
  });

  test("a connection that breaks a millisecond sooner does not", () => {
    const { socket, clock, latest } = fixture({ random: () => 1 });
    socket.connect();
    latest().ends(1006);
    clock.pass(500);
    latest().opens();
    clock.pass(9999);
    latest().ends(1006);
    expect(socket.state).toMatchObject({ attempt: 2, retryAt: clock.now() + 1000 });
  });

  test("retryNow ends the wait, and the wait's own timer then does nothing", () => {
    const { socket, clock, latest, made, kinds } = fixture();
    socket.connect();
    latest().ends(1012, "restart");
    socket.retryNow();
    expect(made()).toBe(2);
    clock.pass(500);
    expect(made()).toBe(2);
    expect(kinds()).toEqual(["connecting", "waiting", "connecting"]);
  });

  test("retryNow does nothing while connecting, open or closed", () => {
    const { socket, latest, made } = fixture();
    socket.retryNow();
    socket.connect();
    socket.retryNow();
    latest().opens();
    socket.retryNow();
    socket.close();
    socket.retryNow();
    expect(made()).toBe(1);
  });
});

describe("the end", () => {
  test.each([4400, 4401, 4403, 4409])("%d is a refusal: it does not reconnect", (code) => {
    const { socket, clock, latest } = fixture();
    socket.connect();
    latest().opens();
    latest().ends(code, "why");
    expect(socket.state).toEqual({ kind: "refused", code, reason: "why" });
    expect(clock.pending).toBe(0);
  });

  test.each([1000, 1001, 1006, 1008, 1009, 1011, 1012, 1013, 4402, 4408, 4413, 4429])(
    "%d reconnects",
    (code) => {
      const { socket, clock, latest } = fixture();
      socket.connect();
      latest().opens();
      latest().ends(code, "why");
      const retryAt = clock.now() + 250;
      expect(socket.state).toEqual({ kind: "waiting", attempt: 1, retryAt, code, reason: "why" });
    },
  );

  test("close says 1000, tells it once, leaves no timer, and hears nothing after", () => {
    const { socket, clock, latest, kinds, messages } = fixture();
    socket.connect();
    latest().opens();
    socket.close();
    socket.close();
    latest().says("late");
    latest().ends(1000);
    expect(latest().closedWith).toEqual([1000]);
    expect(kinds()).toEqual(["connecting", "open", "closed"]);
    expect(messages).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  test("close while waiting ends the wait for good", () => {
    const { socket, clock, latest, made } = fixture();
    socket.connect();
    latest().ends(1006);
    socket.close();
    clock.pass(60_000);
    expect(made()).toBe(1);
    expect(socket.state).toEqual({ kind: "closed" });
  });

  test.each([
    ["under way", () => {}, [undefined]],
    ["waited for", (socket: FakeSocket) => socket.ends(1006), []],
  ] as const)(
    "refuse ends an attempt that is %s, and hears nothing after",
    (_, prepare, closed) => {
      const { socket, clock, latest, made, kinds } = fixture();
      socket.connect();
      prepare(latest());
      socket.refuse(400, "invalid_topic", "No topic name.");
      latest().opens();
      latest().ends(1006);
      socket.retryNow();
      expect(socket.state).toEqual({
        kind: "refused",
        code: 400,
        reason: "invalid_topic",
        detail: "No topic name.",
      });
      expect(kinds().at(-1)).toBe("refused");
      expect(latest().closedWith).toEqual([...closed]);
      expect(clock.pending).toBe(0);
      expect(made()).toBe(1);
      socket.connect();
      expect(made()).toBe(2);
    },
  );

  test("refuse does nothing while open, closed or refused", () => {
    const { socket, latest, kinds } = fixture();
    socket.refuse(400, "", "");
    socket.connect();
    latest().opens();
    socket.refuse(400, "", "");
    latest().ends(4403, "forbidden");
    socket.refuse(400, "", "");
    expect(kinds()).toEqual(["connecting", "open", "refused"]);
    expect(socket.state).toEqual({ kind: "refused", code: 4403, reason: "forbidden" });
  });

  test("connect begins again after close and after a refusal, with a new backoff", () => {
    const { socket, clock, latest, made } = fixture({ random: () => 1 });
    socket.connect();
    latest().ends(1006);
    socket.close();
    socket.connect();
    latest().ends(1006);
    expect(socket.state).toMatchObject({ attempt: 1, retryAt: clock.now() + 500 });
    socket.retryNow();
    latest().ends(4401);
    socket.connect();
    expect(made()).toBe(4);
    expect(socket.state).toEqual({ kind: "connecting" });
  });

  test("a listener may close from within the state it is told", () => {
    FakeSocket.made = [];
    const kinds: string[] = [];
    const socket = new ReconnectingSocket({
      url: () => "ws://server/ws/a",
      onState: ({ kind }) => {
        kinds.push(kind);
        if (kind === "open" || kind === "waiting") socket.close();
      },
      onMessage: () => {},
      WebSocket: FakeSocket,
      clock: new FakeClock(),
    });
    socket.connect();
    FakeSocket.made[0]?.opens();
    socket.connect();
    FakeSocket.made[1]?.ends(1006);
    expect(kinds).toEqual(["connecting", "open", "closed", "connecting", "waiting", "closed"]);
  });
});
