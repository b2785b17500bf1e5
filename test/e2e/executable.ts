import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dir, "../..");

/** A folder of its own, removed when it goes out of scope. */
export async function temporaryFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), "bellcast-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Compiles the executable into `folder`, as `bun run build` does; returns its path. */
export async function compileInto(folder: string): Promise<string> {
  const build = Bun.spawn([process.execPath, "build.ts", "--outdir", folder], {
    cwd: root,
    stdout: "ignore",
    stderr: "pipe",
  });
  if ((await build.exited) !== 0) throw new Error(await new Response(build.stderr).text());
  return join(folder, "bellcast");
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Record<string, string>;
  readonly stdin?: string;
}

export interface ServerOptions extends Omit<RunOptions, "stdin"> {
  /** 0, or nothing, takes a free one. */
  readonly port?: number;
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end. */
export async function run(
  command: readonly string[],
  { cwd, env = {}, stdin = "" }: RunOptions,
): Promise<Outcome> {
  const child = Bun.spawn([...command], {
    cwd,
    env: { ...CLEAN, ...env },
    stdin: Buffer.from(stdin),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, stdout, stderr };
}

/** Nothing of the tests' own environment decides what the executable does. */
const CLEAN = { PATH: process.env["PATH"] ?? "", LANG: "C.UTF-8" };

/** A server in a process of its own; killed when it goes out of scope. */
export class ServerProcess implements AsyncDisposable {
  readonly #child: Bun.Subprocess<"ignore", "ignore", "pipe">;
  readonly #waiting: { pattern: RegExp; resolve: (match: RegExpExecArray) => void }[] = [];
  /** Everything that it has written to standard error. */
  log = "";
  url = "";

  private constructor(child: Bun.Subprocess<"ignore", "ignore", "pipe">) {
    this.#child = child;
    void this.#read();
  }

  /** Starts `command`, and waits until it says where it listens. */
  static async start(command: readonly string[], options: ServerOptions): Promise<ServerProcess> {
    const server = ServerProcess.spawn(command, options);
    [server.url] = await server.logged(/http:\/\/127\.0\.0\.1:\d+/);
    return server;
  }

  /** Starts `command`, and waits for nothing: it has no `url` yet. */
  static spawn(
    command: readonly string[],
    { cwd, env = {}, port = 0 }: ServerOptions,
  ): ServerProcess {
    const child = Bun.spawn([...command, "--port", String(port)], {
      cwd,
      env: { ...CLEAN, ...env },
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
    });
    return new ServerProcess(child);
  }

  get pid(): number {
    return this.#child.pid;
  }

  get exited(): Promise<number> {
    return this.#child.exited;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits until what it has logged matches. Rejects when it ends without. */
  async logged(pattern: RegExp): Promise<RegExpExecArray> {
    const found = pattern.exec(this.log);
    if (found) return found;
    const { promise, resolve } = Promise.withResolvers<RegExpExecArray>();
    this.#waiting.push({ pattern, resolve });
    const ended = this.#child.exited.then((code) => {
      throw new Error(`ended with ${code} and without ${pattern}:\n${this.log}`);
    });
    return Promise.race([promise, ended]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.exited;
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.#child.stderr) {
      this.log += decoder.decode(chunk, { stream: true });
      for (const { pattern, resolve } of this.#waiting) {
        const found = pattern.exec(this.log);
        if (found) resolve(found);
      }
    }
  }
}
