import { ChildError } from "../child/child-error.ts";
import { definitionsOf } from "../config/definition.ts";
import type { Loaded } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import {
  type Bellcast,
  bellcast,
  type BellcastOptions,
  type JobDefinition,
  StoreError,
} from "../index.ts";
import { errorText, Log, type LogFormat } from "../observe/log.ts";
import { systemClock } from "../system-clock.ts";
import { banner } from "./banner.ts";
import { CliError, EXIT, type ExitCode } from "./exit.ts";
import { logSink } from "./log-sink.ts";
import { portHolder } from "./port-holder.ts";
import { refuseUntrusted } from "./trust.ts";
import { configOf, type Invocation } from "./verb.ts";

/** `bellcast serve`: runs the server until it is told to stop. */
export async function serve(invocation: Invocation): Promise<ExitCode> {
  const { terminal } = invocation;
  const loaded = await configOf(invocation);
  const { config, file } = loaded;
  refuseUntrusted(config, terminal);
  const jobs = await definitionsOf(loaded, invocation.env);
  const log = logOptions(config, invocation);
  const app = await start(loaded, { jobs, log }, invocation);
  const own = new Log({ ...log, clock: systemClock });
  // Whatever a library or a hook leaves unhandled is told of, and ends nobody's connection.
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (error: unknown) => own.error("process.failed", { error: errorText(error) }));
  }
  const stopped = stopSignal(() => own.info("server.stopping"));
  if (log.format === "pretty" || config.log.format === "auto") {
    terminal.info(banner({ app, config, file, terminal }));
  } else {
    own.info("server.started", { url: app.url });
  }
  await stopped;
  await app.close();
  own.info("server.stopped");
  own.flush();
  return EXIT.ok;
}

async function start(
  { config, file }: Loaded,
  { jobs, log }: { jobs: readonly JobDefinition[]; log: ReturnType<typeof logOptions> },
  { terminal, values }: Invocation,
): Promise<Bellcast> {
  const { host, port, hosts } = config.server;
  try {
    // Before the store, which has one owner: who starts a second server wants to hear of the port.
    Bun.listen({ hostname: host, port, exclusive: true, socket: { data() {} } }).stop(true);
    return await bellcast({
      host,
      port,
      hosts,
      store: config.store.path,
      sync: config.store.sync,
      keys: config.store.keys,
      limits: config.limits,
      // The tutorial's page is for the first minute: who has configured the server lists origins.
      auth: { ...config.auth, allowFromDisk: file === undefined },
      topics: config.topics,
      public: config.web.public,
      jobs,
      origin: "file",
      ...hooksOf(config),
      watch: values.watch ?? false,
      log,
    });
  } catch (error) {
    if (error instanceof StoreError) throw error;
    if (error instanceof ChildError) {
      const reason = error.reason[terminal.lang];
      throw new CliError(EXIT.config, terminal.text("hooksNotLoaded", { reason }));
    }
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE") {
      const holder = await portHolder(port);
      const key = holder === undefined ? "portInUse" : "portInUseBy";
      throw new CliError(EXIT.bind, terminal.text(key, { host, port, holder: holder ?? "" }));
    }
    if (code === undefined) throw error;
    throw new CliError(EXIT.bind, terminal.text("cannotBind", { host, port, reason: message }));
  }
}

function hooksOf({ hooks: { module, timeoutMs } }: Config): Pick<BellcastOptions, "hooks"> {
  return module === undefined ? {} : { hooks: { module, timeoutMs } };
}

function logOptions({ log }: Config, { terminal }: Invocation) {
  const usual: LogFormat = process.stderr.isTTY ? "pretty" : "logfmt";
  const silenced = terminal.quiet && (log.level === "debug" || log.level === "info");
  return {
    level: silenced ? "warn" : log.level,
    format: log.format === "auto" ? usual : log.format,
    lang: terminal.lang,
    color: terminal.colorsMessages,
    write: logSink(process.stderr, (lines) => terminal.text("logDropped", { lines })),
  } as const;
}

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once. */
function stopSignal(onFirst: () => void): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let asked = false;
  for (const [signal, code] of [
    ["SIGINT", EXIT.interrupted],
    ["SIGTERM", 143],
  ] as const) {
    process.on(signal, () => {
      if (asked) process.exit(code);
      asked = true;
      onFirst();
      resolve();
    });
  }
  return promise;
}
