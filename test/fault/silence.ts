import { readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";

import { ServerProcess, temporaryFolder } from "../e2e/executable.ts";
import type { Experiment, Setting } from "./experiment.ts";
import type { Report } from "./report.ts";

const LONG = {
  clients: 500,
  /** `limits.silence` of the server, in seconds. */
  silence: 10,
  /** Takes the network's link down, and not only the clients' process. */
  link: false,
};

/** What the silence may be found later than it ends, in milliseconds. */
const SLACK_MS = 500;

/** How long the descriptors of the dead may stay, in milliseconds. */
const RELEASE_MS = 10_000;

const ASK_MS = 20;

/** The server itself publishes to everybody all the time. */
const config = (silence: number) => `
[log]
format = "logfmt"
[limits]
silence = "${silence} s"
[[job]]
name = "beat"
cron = "* * * * * *"
message = "beat"
`;

export const silence: Experiment<typeof LONG> = {
  about: "connections whose other end has died without a word: found in time, and let go",
  long: LONG,
  short: { ...LONG, clients: 20, silence: 4 },
  impossible: async ({ link }) => (link ? cannotCutLink() : undefined),
  run,
};

/** Why no link can be taken down here; undefined where one can. */
export function cannotCutLink(): string | undefined {
  const tried = Bun.spawnSync([...INSIDE, "true"], { stderr: "ignore" });
  return tried.success ? undefined : "a link is taken down by unshare and ip, as root on Linux";
}

/** Runs a command in a network of its own, which has the loopback and nothing else. */
const INSIDE = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"];

async function run(sizes: typeof LONG, { report, command }: Setting): Promise<void> {
  await using folder = await temporaryFolder();
  const file = join(folder.path, "bellcast.toml");
  await Bun.write(file, config(sizes.silence));
  const serve = [...command, "serve", "--config", file];
  await using server = await ServerProcess.start(sizes.link ? [...INSIDE, ...serve] : serve, {
    cwd: folder.path,
  });
  const beside = sizes.link ? ["nsenter", "--net", "--target", String(server.pid)] : [];
  const silenceMs = 1_000 * sizes.silence;
  // Where nothing gets through any more, nobody lives on.
  await using living = await Clients.open(
    beside,
    server.url,
    "living",
    sizes.link ? 0 : sizes.clients,
  );
  const descriptors = socketsOf(server.pid);
  await using dying = await Clients.open(beside, server.url, "dying", sizes.clients);
  await Bun.sleep(1.25 * silenceMs);
  report.bound("ended while they lived", ended(server).size, { max: 0 });

  const diedAt = performance.now();
  if (sizes.link) Bun.spawnSync([...beside, "ip", "link", "set", "lo", "down"]);
  else dying.freeze();
  await until(() => ended(server).size >= sizes.clients, silenceMs + RELEASE_MS);
  const foundMs = performance.now() - diedAt;
  const codes = ended(server);
  const found = dying.sids.filter((sid) => codes.get(sid) === "4408");
  report.bound("dead ones that were ended with 4408", found.length, { min: sizes.clients });
  report.bound("the last of them after", foundMs, {
    max: silenceMs + SLACK_MS,
    unit: " ms",
    timed: true,
  });
  report.bound("living ones that were ended", living.sids.filter((sid) => codes.has(sid)).length, {
    max: 0,
  });
  // Elsewhere there is no `/proc` that tells.
  if (process.platform === "linux") await tellDescriptors(server.pid, descriptors, report);
}

/** Those whose connections the server has ended, and the close code. */
function ended({ log }: ServerProcess): Map<string, string> {
  const lines = log.matchAll(/event=session\.close .*sid=(\S+) code=(\d+)/g);
  return new Map([...lines].map(([, sid = "", code = ""]) => [sid, code]));
}

async function tellDescriptors(pid: number, before: number, report: Report): Promise<void> {
  const held = () => socketsOf(pid) - before;
  await until(() => held() <= 0, RELEASE_MS);
  report.bound("descriptors of dead ones that the server still holds", held(), { max: 0 });
}

/** How many sockets a process has open; none where there is no `/proc`. */
function socketsOf(pid: number): number {
  if (process.platform !== "linux") return 0;
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).filter((fd) => isSocket(join(folder, fd))).length;
}

function isSocket(descriptor: string): boolean {
  try {
    return readlinkSync(descriptor).startsWith("socket:");
  } catch {
    // It has been closed meanwhile.
    return false;
  }
}

async function until(isDone: () => boolean, patienceMs: number): Promise<void> {
  const end = performance.now() + patienceMs;
  while (!isDone() && performance.now() < end) await Bun.sleep(ASK_MS);
}

/** Clients in a process of their own, which can be frozen: as a laptop that is shut. */
class Clients implements AsyncDisposable {
  readonly sids: readonly string[];
  readonly #process: Bun.Subprocess<"ignore", "pipe", "inherit">;

  private constructor(
    process: Bun.Subprocess<"ignore", "pipe", "inherit">,
    sids: readonly string[],
  ) {
    this.#process = process;
    this.sids = sids;
  }

  /** @param prefix what the command begins with, such as another network */
  static async open(
    prefix: readonly string[],
    url: string,
    name: string,
    count: number,
  ): Promise<Clients> {
    const script = join(import.meta.dir, "quiet-clients.ts");
    const child = Bun.spawn([...prefix, process.execPath, script, url, name, String(count)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    // It says one thing: that all are connected.
    const { value } = await child.stdout.getReader().read();
    if (value === undefined) throw new Error(`the ${name} clients did not connect`);
    return new Clients(
      child,
      Array.from({ length: count }, (_, index) => `${name}-${index}`),
    );
  }

  freeze(): void {
    this.#process.kill("SIGSTOP");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.exited;
  }
}
