import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { join } from "node:path";

import { version } from "../../package.json";
import { malformedConfigs } from "../config/malformed.ts";
import { filmOf } from "../http/film.ts";
import { compileInto, type Outcome, run, ServerProcess, temporaryFolder } from "./executable.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let bellcast: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  bellcast = await compileInto(folder.path);
}, 120_000);

afterAll(() => folder[Symbol.asyncDispose]());

function command(args: readonly string[], options: { stdin?: string } = {}): Promise<Outcome> {
  return run([bellcast, ...args], { cwd: folder.path, ...options });
}

function serve(
  args: readonly string[] = [],
  { cwd = folder.path, env = {} } = {},
): Promise<ServerProcess> {
  return ServerProcess.start([bellcast, "serve", ...args], { cwd, env });
}

async function open(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url);
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  socket.onopen = resolve;
  socket.onclose = ({ code }) => reject(new Error(`closed with ${code}`));
  await promise;
  return socket;
}

function closeOf(socket: WebSocket): Promise<CloseEvent> {
  return new Promise((resolve) => {
    socket.onclose = resolve;
  });
}

/** Begins a publish of ten bytes; resolves when the server has read its head and waits for the body. */
async function startPublishing(socket: Socket, port: string): Promise<void> {
  const head = [
    "POST /t/orders HTTP/1.1",
    `Host: 127.0.0.1:${port}`,
    "Content-Length: 10",
    "Expect: 100-continue",
  ];
  const asked = new Promise((resolve) => socket.once("data", resolve));
  socket.write(`${head.join("\r\n")}\r\n\r\n`);
  expect(String(await asked)).toStartWith("HTTP/1.1 100");
}

describe("the executable", () => {
  test.each(["/", "/chat", "/danmaku", "/compare"])(
    "serves %s and its parts from itself",
    async (path) => {
      await using server = await serve();
      const page = await fetch(server.url + path);
      expect(page.status).toBe(200);
      expect(page.headers.get("content-security-policy")).toStartWith("default-src 'none'");
      const html = await page.text();
      const links = [...html.matchAll(/<(?!a\b)[^>]*?\b(?:src|href)="([^"]+)"/g)];
      expect(links.length).toBeGreaterThanOrEqual(3);
      for (const [, link = ""] of links) {
        const { status, headers } = await fetch(new URL(link, server.url));
        expect([link, status]).toEqual([link, 200]);
        const isHashed = /-[a-z0-9]{8}\.\w+$/.test(link);
        expect(headers.get("cache-control")).toBe(
          isHashed ? "public, max-age=31536000, immutable" : "no-cache",
        );
      }
    },
  );

  test("serves the film in parts, and text compressed", async () => {
    await using server = await serve();
    const html = await fetch(`${server.url}/danmaku`, {
      headers: { "Accept-Encoding": "gzip" },
      decompress: false,
    });
    expect(html.headers.get("content-encoding")).toBe("gzip");
    const text = new TextDecoder().decode(Bun.gunzipSync(await html.bytes()));
    expect(text).toStartWith("<!doctype html>");
    const film = await filmOf(server.url);
    const whole = await (await fetch(server.url + film)).bytes();
    const part = await fetch(server.url + film, { headers: { Range: "bytes=1000-1999" } });
    expect(part.status).toBe(206);
    expect(part.headers.get("content-range")).toBe(`bytes 1000-1999/${whole.byteLength}`);
    expect(await part.bytes()).toEqual(whole.subarray(1000, 2000));
  });

  test("serves the browser client, in less than six kilobytes, and the worker of its tabs", async () => {
    await using server = await serve();
    const [client, worker] = await Promise.all(
      ["client.js", "client-worker.js"].map((name) => fetch(`${server.url}/${name}`)),
    );
    expect([client?.status, worker?.status]).toEqual([200, 200]);
    const script = (await client?.bytes()) ?? new Uint8Array();
    expect(Bun.gzipSync(script, { level: 9 }).byteLength).toBeLessThan(6 * 1024);
    await Bun.write(join(folder.path, "client.mjs"), script);
    const { connect } = (await import(
      join(folder.path, "client.mjs")
    )) as typeof import("../../src/client/index.ts");
    using connected = connect(server.url, { topics: ["orders"] });
    const { topic } = await connected.publish("orders", { table: 7 });
    expect(topic).toBe("orders");
  });

  test("neither reads .env nor runs bunfig.toml of the working directory", async () => {
    await using hostile = await temporaryFolder();
    const at = (name: string) => join(hostile.path, name);
    const evil = `require("node:fs").writeFileSync(${JSON.stringify(at("owned"))}, "x");`;
    await Bun.write(at("evil.js"), evil);
    await Bun.write(at("bunfig.toml"), 'preload = ["./evil.js"]\n[run]\npreload = ["./evil.js"]\n');
    await Bun.write(at(".env"), "BELLCAST_SERVER_HOST=0.0.0.0\nBELLCAST_LOG_LEVEL=nonsense\n");
    await Bun.write(at("package.json"), '{"imports":{"#x":"./evil.js"},"main":"./evil.js"}');
    await Bun.write(at("tsconfig.json"), '{"compilerOptions":{"paths":{"*":["./evil.js"]}}}');
    await using server = await serve([], { cwd: hostile.path });
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    server.kill("SIGTERM");
    expect(await server.exited).toBe(0);
    expect(await Bun.file(at("owned")).exists()).toBe(false);
  });

  test("logs connect, message and close in one line each, in the language asked for", async () => {
    await using server = await serve(["--lang", "zh"]);
    const socket = await open(`${server.url.replace("http", "ws")}/ws/kitchen`);
    socket.send("两碗面\n加辣");
    await server.logged(/收到消息.* sid=kitchen data="两碗面\\n加辣"/);
    socket.close(1000);
    await server.logged(/连接关闭.* sid=kitchen code=1000 .*duration=\d+\.\ds/);
    expect(server.log).toMatch(/建立连接.* sid=kitchen topics=all,@kitchen/);
    expect(server.log.match(/sid=kitchen/g)).toHaveLength(3);
  });

  test("pushes the default clock at the seconds 0, 5, 10 and so on", async () => {
    await using server = await serve();
    const socket = await open(`${server.url.replace("http", "ws")}/ws/clock`);
    const text = await new Promise((resolve) => {
      socket.onmessage = ({ data }) => resolve(data);
    });
    expect(text).toMatch(/^这是来自服务端的消息：\d\d:\d\d:\d[05]$/);
    socket.close();
  });
});

describe("stopping", () => {
  test("closes 500 sockets with 1012 and ends with 0", async () => {
    await using server = await serve();
    const url = server.url.replace("http", "ws");
    const sockets = await Promise.all(
      Array.from({ length: 500 }, (_, index) => open(`${url}/ws/reader-${index}`)),
    );
    const closes = sockets.map(closeOf);
    server.kill("SIGTERM");
    const codes = new Set((await Promise.all(closes)).map(({ code }) => code));
    expect([...codes]).toEqual([1012]);
    expect(await server.exited).toBe(0);
  }, 30_000);

  test("answers a publish whose body is still on its way", async () => {
    await using server = await serve();
    const { port } = new URL(server.url);
    const socket = connect(Number(port), "127.0.0.1");
    await startPublishing(socket, port);
    const answer = new Promise<string>((resolve) => {
      let text = "";
      socket.on("data", (chunk) => {
        text += chunk.toString();
        if (text.includes("}")) resolve(text);
      });
    });
    socket.write("01234");
    server.kill("SIGINT");
    await server.logged(/event=server.stopping/);
    socket.write("56789");
    expect(await answer).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*"topic":"orders"/);
    socket.destroy();
    expect(await server.exited).toBe(0);
  }, 30_000);

  test("ends at once at the second signal", async () => {
    await using server = await serve();
    const { port } = new URL(server.url);
    const socket = connect(Number(port), "127.0.0.1");
    await startPublishing(socket, port);
    server.kill("SIGTERM");
    await server.logged(/event=server.stopping/);
    server.kill("SIGTERM");
    expect(await server.exited).toBe(143);
    socket.destroy();
  }, 30_000);
});

describe("refusing to start", () => {
  for (const [name, args] of [
    ["--lan", ["--lan"]],
    ["--host 0.0.0.0", ["--host", "0.0.0.0"]],
    ["--host ::", ["--host", "::"]],
  ] as const) {
    test(`${name} without auth.mode = "open" ends with 3 and the reason`, async () => {
      const { code, stderr } = await command(["serve", "--port", "0", ...args]);
      expect(code).toBe(3);
      expect(stderr).toContain('set auth.mode = "open"');
    });
  }

  test("a wide bind with auth.mode open starts and tells its network address", async () => {
    const env = { BELLCAST_AUTH_MODE: "open" };
    await using server = await serve(["--lan"], { env });
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });

  test("a port in use ends with 4, names the holder, and the flag that changes the port", async () => {
    await using server = await serve();
    const { port } = new URL(server.url);
    const { code, stderr } = await command(["serve", "--port", port]);
    expect(code).toBe(4);
    expect(stderr).toContain("--port");
    if (process.platform === "linux") expect(stderr).toContain(`bellcast (pid ${server.pid})`);
  });
});

describe("verbs", () => {
  test("version prints the version", async () => {
    expect(await command(["version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  test("help lists every verb in both languages", async () => {
    for (const lang of ["en", "zh"]) {
      const { code, stdout } = await command(["help", "--lang", lang]);
      expect(code).toBe(0);
      for (const verb of [
        "serve",
        "pub",
        "sub",
        "job list",
        "job next",
        "job rehearse",
        "config init",
        "version",
      ]) {
        expect(stdout).toContain(`bellcast ${verb}`);
      }
    }
  });

  test("job next reads an expression back in both languages, with its next runs", async () => {
    const args = ["job", "next", "0 0 9 * * MON-FRI", "--tz", "Asia/Shanghai", "-n", "2"];
    const { code, stdout } = await command(args);
    expect(code).toBe(0);
    const [english, chinese, ...runs] = stdout.trimEnd().split("\n");
    expect(english).toBe("at 09:00, Monday to Friday (Asia/Shanghai)");
    expect(chinese).toStartWith("每周一到周五 09:00");
    expect(runs).toHaveLength(2);
    for (const run of runs) expect(run).toMatch(/^ {2}\d{4}-\d\d-\d\d 09:00:00$/);
  });

  for (const [args, code, words] of [
    [["prot"], 2, "There is no verb prot"],
    [["--prot", "1"], 2, "did you mean --port?"],
    [["pub", "--port", "1"], 2, "--port is no option of bellcast pub"],
    [["serve", "--port"], 2, "--port needs a value"],
    [["serve", "--lan=yes"], 2, "--lan takes no value"],
    [["--lang", "fr"], 2, "--lang takes zh or en"],
    [["pub"], 2, "Usage: bellcast pub"],
    [["--lang", "zh", "--prot", "1"], 2, "您是想用 --port 吗"],
    [["serve", "extra"], 2, "Too many arguments: extra"],
    [["version", "extra"], 2, "Too many arguments: extra"],
    [["help", "serv"], 2, "did you mean serve?"],
    [["pub", "..", "x"], 2, ".. is not a topic name"],
    [["pub", "", "x"], 2, "is not a topic name"],
    [["job", "next", "-"], 3, "write enabled = false instead"],
    [["config", "check", "--host", "0.0.0.0"], 3, 'set auth.mode = "open"'],
    [["sub", "a/b"], 2, "a/b is not a topic name"],
    [["sub", "@someone"], 2, "is an inbox"],
    [["job", "next", "* * *"], 3, "Cannot run * * *"],
    [["serve", "--port", "70000"], 3, "from 0 to 65535"],
    [["--config", "absent.toml"], 3, "absent.toml"],
    [["pub", "all", "x", "--server", "ftp://x"], 2, "--server takes an http or https URL"],
    [["pub", "all", "x", "--server", "http://127.0.0.1:1"], 5, "No Bellcast server answers"],
    [["sub", "--server", "http://127.0.0.1:1"], 5, "No Bellcast server answers"],
  ] as const) {
    test(`bellcast ${args.join(" ")} ends with ${code} and says why`, async () => {
      const outcome = await command(args);
      expect([outcome.code, outcome.stdout]).toEqual([code, ""]);
      expect(outcome.stderr).toContain(words);
      expect(outcome.stderr).not.toMatch(/^\s+at /m);
    });
  }

  test("pub publishes an argument and standard input, and says what became of it", async () => {
    await using server = await serve(["--store", ":memory:"]);
    const to = ["--server", server.url];
    const first = await command(["pub", "orders", "one", ...to]);
    expect(first.code).toBe(0);
    expect(first.stderr).toContain("Published to orders: id 1, sessions reached: 0.");
    const second = await command(["pub", "orders", ...to, "--json"], { stdin: "two\n" });
    expect(JSON.parse(second.stdout)).toMatchObject({ id: 2, topic: "orders", sessions: 0 });
    const history = await (await fetch(`${server.url}/t/orders`)).json();
    expect(history.messages.map(({ data }: { data: string }) => data)).toEqual(["one", "two\n"]);
  });

  test("pub ends with 6 when the server refuses, in the user's language", async () => {
    await using server = await serve();
    const args = ["pub", "orders", "-", "--server", server.url, "--lang", "zh"];
    const { code, stderr } = await command(args, { stdin: "x".repeat(65_537) });
    expect(code).toBe(6);
    expect(stderr).toContain("消息超过 limits.message。");
  });

  test("sub prints NDJSON in a pipe and ends with 130 at Ctrl+C", async () => {
    await using server = await serve();
    const args = [bellcast, "sub", "orders", "--server", server.url];
    const child = Bun.spawn(args, { cwd: folder.path, stdout: "pipe", stderr: "pipe" });
    const errors = child.stderr.getReader();
    expect(new TextDecoder().decode((await errors.read()).value)).toContain("Subscribed as");
    await fetch(`${server.url}/t/orders`, { method: "POST", body: "noodles" });
    const { value } = await child.stdout.getReader().read();
    expect(JSON.parse(new TextDecoder().decode(value))).toEqual({
      id: expect.any(Number),
      topic: "orders",
      time: expect.any(Number),
      data: "noodles",
    });
    child.kill("SIGINT");
    expect(await child.exited).toBe(130);
  });

  test("job list shows the running server's jobs", async () => {
    await using server = await serve();
    const { code, stdout } = await command(["job", "list", "--server", server.url]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/NAME .*\nclock +0\/5 \* \* \* \* \? +all +\d{4}-/);
  });

  test("job rehearse prints a day, and makes no store", async () => {
    await using empty = await temporaryFolder();
    const args = ["job", "rehearse", "--from", "2026-12-01", "--tz", "Asia/Shanghai"];
    const { code, stdout } = await run([bellcast, ...args], { cwd: empty.path });
    expect(code).toBe(0);
    expect(stdout).toContain("17280 times, every 5s  这是来自服务端的消息：00:00:00 …");
    expect(stdout).toMatch(/\nall +17280 +0\n$/);
    expect(await readdir(empty.path)).toEqual([]);
  });

  test("what is written to a slow reader or a full disk is never cut off in silence", async () => {
    await using folder = await temporaryFolder();
    const jobs = Array.from({ length: 1_500 }, (_, index) =>
      [`[[job]]`, `name = "job-${index}"`, `cron = "0 0 0 1 1 *"`, `message = "x"`].join("\n"),
    );
    await Bun.write(join(folder.path, "bellcast.toml"), jobs.join("\n"));
    const sh = (script: string) => run(["sh", "-c", script], { cwd: folder.path });
    const piped = await sh(`${bellcast} config defaults | (sleep 0.3; wc -c)`);
    await sh(`${bellcast} config defaults > all`);
    expect(Number(piped.stdout)).toBe(Bun.file(join(folder.path, "all")).size);
    expect(Number(piped.stdout)).toBeGreaterThan(128 * 1024);
    if (process.platform === "linux") {
      expect((await sh(`${bellcast} help > /dev/full`)).code).toBe(1);
    }
    expect((await sh(`${bellcast} config defaults | head -n 1`)).stderr).toBe("");
  });

  test("help tells of one verb alone", async () => {
    const { stdout } = await command(["help", "pub"]);
    expect(stdout).toContain("bellcast pub TOPIC [DATA]");
    expect(stdout).not.toContain("bellcast serve");
    expect((await command(["pub", "--help"])).stdout).toBe(stdout);
  });

  test("config init writes a file that changes no value, and never overwrites one unasked", async () => {
    await using empty = await temporaryFolder();
    const options = { cwd: empty.path };
    const before = await run([bellcast, "config", "defaults"], options);
    expect((await run([bellcast, "config", "init"], options)).code).toBe(0);
    expect((await run([bellcast, "config", "check"], options)).code).toBe(0);
    expect((await run([bellcast, "config", "defaults"], options)).stdout).toBe(before.stdout);
    const again = await run([bellcast, "config", "init"], options);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain("--force overwrites it");
    expect((await run([bellcast, "config", "init", "--force"], options)).code).toBe(0);
  });
});

describe("a malformed configuration", () => {
  test("ends the executable with 3, file and line, and without a stack trace", async () => {
    await using configs = await temporaryFolder();
    const attempt = async (malformed: (typeof malformedConfigs)[number], index: number) => {
      const file = `bad-${index}.toml`;
      await Bun.write(join(configs.path, file), malformed.bytes);
      const { code, stderr } = await run([bellcast, "--port", "0", "--config", file], {
        cwd: configs.path,
      });
      const [first = ""] = stderr.split("\n");
      return { ...malformed, code, stderr, place: first.startsWith(`${file}:${malformed.line}:`) };
    };
    const waiting = [...malformedConfigs.entries()];
    const outcomes: Awaited<ReturnType<typeof attempt>>[] = [];
    const worker = async () => {
      for (let next = waiting.pop(); next; next = waiting.pop()) {
        outcomes.push(await attempt(next[1], next[0]));
      }
    };
    await Promise.all([worker(), worker(), worker(), worker()]);
    expect(outcomes).toHaveLength(malformedConfigs.length);
    const wrong = outcomes.filter(
      ({ code, place, stderr }) => code !== 3 || !place || /^\s+at /m.test(stderr),
    );
    expect(wrong.map(({ name, code, stderr }) => ({ name, code, stderr }))).toEqual([]);
  }, 60_000);
});
