import { pollEvery } from "./poller.ts";
import { type OpenReceiver, receiveBy } from "./receiver.ts";

/** The ways to receive a feed that are compared, in their order from left to right. */
export const CONTENDERS = {
  poll5: pollEvery(5_000),
  poll1: pollEvery(1_000),
  longPoll: receiveBy("poll"),
  sse: receiveBy("sse"),
  ws: receiveBy("ws"),
} as const satisfies Readonly<Record<string, OpenReceiver>>;

export type Contender = keyof typeof CONTENDERS;

export const CONTENDER_NAMES = Object.keys(CONTENDERS) as readonly Contender[];
