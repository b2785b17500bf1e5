import { hostname } from "node:os";

import type { Server, WebSocketHandler } from "bun";

import { Hosts } from "./auth/hosts.ts";
import { Origins } from "./auth/origins.ts";
import { Dialogue } from "./core/dialogue.ts";
import { BellcastError } from "./core/errors.ts";
import { Hub } from "./core/hub.ts";
import { InFlight } from "./core/inflight.ts";
import type { Store } from "./core/store.ts";
import { Topics } from "./core/topic.ts";
import { LocalEngine } from "./engine/local.ts";
import { Admission } from "./http/admission.ts";
import { HttpApp } from "./http/app.ts";
import { folderPages } from "./http/folder.ts";
import { builtInPages } from "./http/pages.ts";
import { problem } from "./http/reply.ts";
import { routes } from "./http/routes.ts";
import { errorText } from "./observe/log.ts";
import { scheduleLog } from "./observe/schedule-log.ts";
import { storeLog } from "./observe/store-log.ts";
import { json, messageJson } from "./protocol/json.ts";
import { plain } from "./protocol/plain.ts";
import { poll, readSkip } from "./protocol/poll.ts";
import { HEARTBEAT, sse } from "./protocol/sse.ts";
import { Schedule } from "./schedule/jobs.ts";
import { Later } from "./schedule/later.ts";
import { Scheduled } from "./schedule/scheduled.ts";
import type { Settings } from "./settings.ts";
import { openStore } from "./store/open.ts";
import { Fanouts } from "./transport/fanouts.ts";
import { NativeFanout } from "./transport/native-fanout.ts";
import { PollTransport } from "./transport/poll.ts";
import { SseTransport } from "./transport/sse.ts";
import { StreamFanout } from "./transport/stream-fanout.ts";
import type { WebSocketSession } from "./transport/websocket-session.ts";
import { WebSocketTransport } from "./transport/websocket.ts";

/** How long a shutdown waits for requests, for jobs, and for sockets to close, in milliseconds each. */
const GRACE_MS = 2_500;

/** How long a shutdown lets the runs of jobs go on before it aborts them, in milliseconds. */
const RUN_GRACE_MS = 2_000;

/** The longest part of a client's words that is logged, in characters. */
const MAX_LOGGED = 200;

/** Sockets closed in one go: the loop gets its turn in between. */
const CLOSE_BATCH = 500;

/** The composition root: builds the parts, joins them, and takes them apart again. */
export class BellcastServer {
  readonly hub: Hub;
  readonly schedule: Schedule;
  readonly scheduled: Scheduled;
  readonly later: Later;
  /** For the `websocket` option of `Bun.serve`. */
  readonly websocket: WebSocketHandler<WebSocketSession>;
  readonly #http: HttpApp<WebSocketSession>;
  readonly #fanout = new NativeFanout();
  readonly #engine: LocalEngine;
  readonly #transport: WebSocketTransport;
  readonly #streams: SseTransport;
  readonly #polls: PollTransport;
  readonly #requests = new InFlight();
  #server: Server<WebSocketSession> | undefined;
  #closed: Promise<void> | undefined;

  /** Opens the store and builds the rest on it. @throws StoreError */
  static async open(settings: Settings): Promise<BellcastServer> {
    const { store, clock, log } = settings;
    return new BellcastServer(
      settings,
      await openStore({ ...store, clock, events: storeLog(log) }),
    );
  }

  private constructor(settings: Settings, store: Store) {
    const { clock, log, limits, events, auth, gate, version } = settings;
    const topics = new Topics(settings.topics);
    const streamed = new StreamFanout();
    this.#engine = new LocalEngine({ store, topics });
    this.hub = new Hub({
      engine: this.#engine,
      log: this.#engine,
      fanout: new Fanouts(this.#fanout, streamed),
      topics,
      clock,
      events,
      limits,
      gate,
    });
    const dialogue = new Dialogue({
      hub: this.hub,
      clock,
      events,
      gate,
      subscriptions: limits.subscriptions,
      limits: {
        message: limits.messageBytes,
        ping: limits.silenceMs / 2,
        silence: limits.silenceMs,
      },
    });
    const { hub } = this;
    const agenda = this.#engine;
    const told = scheduleLog(log);
    this.schedule = new Schedule({
      ...{ jobs: settings.jobs, build: settings.build, limit: limits.jobs },
      ...{ clock, agenda, audience: hub.audience, lastValues: hub.lastValues, events: told },
      publish: (topic, data, terms) => hub.publish(topic, data, { ...terms, source: "job" }),
      seed: hostname(),
    });
    const accept = hub.accept.bind(hub);
    this.scheduled = new Scheduled({
      ...{ clock, agenda, accept, events: told, limit: limits.scheduled },
      publish: (topic, data, terms) => hub.publish(topic, data, terms),
    });
    const { schedule, scheduled } = this;
    this.later = new Later({ clock, schedule, scheduled, accept });
    const transport = new WebSocketTransport({
      hub: this.hub,
      dialogue,
      codecs: new Map([
        ["", plain],
        ["bellcast.v1", json],
      ]),
      clock,
      limits,
    });
    this.#transport = transport;
    this.websocket = transport.handler;
    transport.start();
    const { log: identity } = hub.log;
    const streams = new SseTransport({
      ...{ hub, dialogue, fanout: streamed, clock, limits },
      formats: new Map([
        ["json", sse(identity, "json")],
        ["text", sse(identity, "text")],
      ]),
      heartbeat: HEARTBEAT,
    });
    this.#streams = streams;
    streams.start();
    const polls = new PollTransport({
      ...{ hub, fanout: streamed, clock, limits },
      codec: poll,
      encode: messageJson,
      readSkip,
    });
    this.#polls = polls;
    this.#http = new HttpApp({
      admission: new Admission({
        hosts: new Hosts({ machine: hostname(), hosts: settings.hosts }),
        origins: new Origins(auth.origins),
        mode: auth.mode,
        allowFromDisk: auth.allowFromDisk,
        headersBytes: limits.headersBytes,
      }),
      routes: routes({
        hub: this.hub,
        clock,
        ...{ schedule, scheduled, later: this.later, readJob: settings.readJob },
        pages: settings.pages === undefined ? builtInPages() : folderPages(settings.pages),
        version,
        limits,
        streams,
        polls,
        upgrade: (context, sid) => transport.upgrade(context, sid),
      }),
      events: {
        failed: (error) => log.error("http.failed", { error: errorText(error) }),
        handshakeRefused: ({ url, headers }, { code, message }) =>
          log.warn("handshake.refused", {
            path: URL.parse(url)?.pathname.slice(0, MAX_LOGGED),
            origin: headers.get("origin")?.slice(0, MAX_LOGGED),
            code,
            detail: message,
          }),
      },
    });
  }

  /** From now on jobs run, and messages that are due are published. */
  start(): void {
    this.schedule.start();
    this.scheduled.start();
  }

  /** Binds a port. @throws what `Bun.serve` throws, such as an error with the code `EADDRINUSE` */
  listen({ host, port }: { host: string; port: number }): Server<WebSocketSession> {
    const server = Bun.serve({
      hostname: host,
      port,
      // Otherwise an error answers with a page of source code.
      development: false,
      // `development: false` turns it on in Bun 1.4.5: a second server would share the port in silence.
      reusePort: false,
      // The handler measures the body itself, so that the answer says what is wrong.
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      fetch: this.fetch,
      websocket: this.websocket,
      error: () => problem(new BellcastError("internal_error")),
    });
    this.#server = server;
    this.#fanout.attach(server);
    return server;
  }

  /** For the `fetch` option of `Bun.serve`. */
  readonly fetch = (
    request: Request,
    server: Server<WebSocketSession>,
  ): Promise<Response | undefined> => {
    this.#fanout.attach(server);
    // A connection that is kept alive may still ask, once.
    if (this.#closed !== undefined) {
      const headers = { Connection: "close" };
      return Promise.resolve(problem(new BellcastError("shutting_down", { headers })));
    }
    return this.#requests.track(() => this.#http.fetch(request, server));
  };

  /**
   * Takes no more connections, answers the requests that are under way, closes every socket with
   * 1012, and ends; bounded in time, whatever the clients do. Closing twice waits for the first.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    // The listening socket closes now; the promise waits for sockets, for ever.
    void this.#server?.stop(false);
    this.hub.release();
    // They would wait, and be waited for.
    this.#polls.stop();
    const schedules = [this.schedule.stop(RUN_GRACE_MS), this.scheduled.stop()];
    await within(GRACE_MS, Promise.all([...schedules, this.#requests.idle()]));
    this.#transport.stop();
    this.#streams.stop();
    this.hub.stop();
    const sessions = [...this.hub.sessions];
    for (let start = 0; start < sessions.length; start += CLOSE_BATCH) {
      for (const session of sessions.slice(start, start + CLOSE_BATCH)) {
        session.close("restart");
      }
      await Bun.sleep(0);
    }
    // A closed socket has still to send its last frames.
    for (let waited = 0; waited < GRACE_MS && this.#isSending(); waited += 10) {
      await Bun.sleep(10);
    }
    await this.#server?.stop(true);
    // A disk that has stopped must not hold the process.
    await within(GRACE_MS, this.#engine.close());
  }

  #isSending(): boolean {
    const { pendingWebSockets = 0, pendingRequests = 0 } = this.#server ?? {};
    return pendingWebSockets + pendingRequests > 0;
  }
}

/** Waits for `work`, but no longer than `ms` milliseconds. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work, promise]);
  clearTimeout(timer);
}
