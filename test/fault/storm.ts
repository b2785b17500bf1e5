import { Child } from "../../bench/child.ts";
import { seedOf } from "../support/dice.ts";
import { sumOf } from "./account.ts";
import { type Entry, textOf } from "./entry.ts";
import type { Experiment, Setting } from "./experiment.ts";
import { SocketLink } from "./links.ts";
import { FaultServer } from "./server.ts";
import type { Clients, Told } from "./storm-clients.ts";

const LONG = {
  clients: 5_000,
  /** Browser clients that may use responses alone: half of them SSE, half of them polls. */
  responses: 1_000,
  /** Processes that hold them: one can open 20,000 descriptors. */
  processes: 2,
  rooms: 50,
  /** Messages to each topic while the clients are away. */
  messages: 20,
};

const BACK_MS = 10_000;

/** With a word to everybody, and without. */
const RESTARTS = ["SIGTERM", "SIGKILL"] as const;

/** Of `board` so little is kept that whoever was away has missed something. */
const CONFIG = `
[log]
level = "warn"
[topics."room.*"]
history = 1000
[topics.news]
history = 1000
[topics.board]
history = 5
`;

export const storm: Experiment<typeof LONG> = {
  about: "all clients come back at once: each is told what it has missed",
  long: LONG,
  short: { ...LONG, clients: 400, responses: 40 },
  run,
};

async function run(sizes: typeof LONG, { report, random, command }: Setting): Promise<void> {
  await using server = await FaultServer.start({ command, config: CONFIG });
  const { url } = server;
  const rooms = Array.from({ length: sizes.rooms }, (_, index) => `room.${index}`);
  const everything = ["news", "board", ...rooms];
  const entries: Entry[] = [];
  const publish = async (at: string) => {
    using link = await SocketLink.open(at);
    const some = everything.flatMap((topic) => Array.from({ length: sizes.messages }, () => topic));
    const first = entries.length;
    const published = some.map(async (topic, index) => {
      const name = first + index;
      return { id: await link.publish({ topic, text: textOf(name, 100) }), topic, name };
    });
    entries.push(...(await Promise.all(published)));
  };
  await publish(url);

  await using stack = new AsyncDisposableStack();
  const topicsOf = (index: number) => ["news", "board", rooms[index % rooms.length] ?? ""];
  /** The topics of those, of so many, that a process has. */
  const shareOf = (clients: number, process: number) =>
    Array.from({ length: clients }, (_, index) => index)
      .filter((index) => index % sizes.processes === process)
      .map(topicsOf);
  const children = Array.from({ length: sizes.processes }, () =>
    stack.use(new Child<Clients>(import.meta.resolve("./storm-clients.ts"))),
  );
  for (const [index, child] of children.entries()) {
    const topics = shareOf(sizes.clients, index);
    const responses = shareOf(sizes.responses, index);
    await child.ask("open", { url, topics, responses, seed: seedOf(random) });
  }
  const back = async (times: number) => {
    const all = await Promise.all(children.map((child) => child.ask("back", { times })));
    return {
      clients: all.reduce((sum, { clients }) => sum + clients, 0),
      lastAt: Math.max(...all.map(({ lastAt }) => lastAt)),
    };
  };
  const everybody = sizes.clients + sizes.responses;
  report.bound("clients, before", (await back(1)).clients, { min: everybody });

  for (const [round, signal] of RESTARTS.entries()) {
    await server.end(signal);
    await server.elsewhere(publish);
    const began = Date.now();
    const readyMs = await server.restart();
    const { clients, lastAt } = await back(2 + round);
    report.fact(`ready again after ${signal}`, `${readyMs.toFixed(0)} ms`);
    report.bound(`clients that are back after ${signal}`, clients, { min: everybody });
    report.bound("and have an answer for each topic, the last of them", lastAt - began, {
      max: BACK_MS,
      unit: " ms",
      timed: true,
    });
  }

  const board: Told[] = [];
  const others: Told[] = [];
  for (const topic of everything) {
    for (const child of children) {
      const told = await child.ask("told", { topic, entries });
      (topic === "board" ? board : others).push(told);
    }
  }
  report.bound("gaps of `board` that each was told", Math.min(...board.map(({ gaps }) => gaps)), {
    min: RESTARTS.length,
  });
  const kept = sumOf(others);
  report.bound("lost of the other topics", kept.lost, { max: 0 });
  const { repeated, disordered, unknown } = sumOf([...board, ...others]);
  report.bound("repeated", repeated, { max: 0 });
  report.bound("out of order", disordered, { max: 0 });
  report.bound("never published", unknown, { max: 0 });
}
