import { bytesData, type Data, jsonData, textData } from "../core/message.ts";

/** What a child is for: the runs of a job, or the server's hooks. */
export type ChildKind = "job" | "hooks";

/** What the file of a job is told of its run. */
export interface RunOrder {
  /** In milliseconds since the Unix epoch. */
  readonly time: number;
  readonly name: string;
  readonly topic: string;
  readonly run: number;
  /** What the last run kept, as JSON. */
  readonly state: string | undefined;
}

export interface LoadOrder {
  readonly type: "load";
  readonly kind: ChildKind;
  readonly file: string;
  /** The most memory beside what an empty process has, in bytes. */
  readonly memoryBytes: number;
  /** The most bytes that are published as one message. */
  readonly messageBytes: number;
  readonly allowPrivate: boolean;
}

/** What the server tells a child. `id` numbers the calls of one child. */
export type ToChild =
  /** First of all. */
  | LoadOrder
  | { readonly type: "run"; readonly id: number; readonly order: RunOrder }
  | {
      readonly type: "call";
      readonly id: number;
      readonly hook: string;
      readonly argument: unknown;
    }
  /** The run is not wanted any more. */
  | { readonly type: "abort"; readonly id: number }
  /** Answers a `publish`. */
  | { readonly type: "published"; readonly id: number; readonly failure?: Failure | undefined };

/** Why something in a child failed, in the words of what was thrown. */
export interface Failure {
  readonly message: string;
  /** The lines of the file that it came from, one each. */
  readonly frames: readonly string[];
  readonly code?: string | undefined;
}

/** A payload on its way to the server; there its size is measured. */
export type Payload =
  | { readonly kind: "text" | "json"; readonly text: string }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array };

/** What a child tells the server. */
export type FromChild =
  | {
      readonly type: "loaded";
      /** What the file exports that can be called. */
      readonly exports: readonly string[];
      /** The files that it consists of. */
      readonly files: readonly string[];
      /** Whether more memory than ordered is refused to it. */
      readonly isBounded: boolean;
    }
  | { readonly type: "refused"; readonly failure: Failure }
  /** A run has ended. `state` is absent when it is as it was. */
  | {
      readonly type: "done";
      readonly id: number;
      readonly payload: Payload | undefined;
      readonly state: string | undefined;
    }
  /** A hook has answered. */
  | { readonly type: "returned"; readonly id: number; readonly value: unknown }
  | { readonly type: "failed"; readonly id: number; readonly failure: Failure }
  | {
      readonly type: "publish";
      readonly id: number;
      readonly run: number;
      readonly topic: string;
      readonly payload: Payload;
    }
  | { readonly type: "log"; readonly text: string }
  /** Something was thrown that nobody caught; the child ends. */
  | { readonly type: "crashed"; readonly failure: Failure };

/** The most that a job's state may be, in bytes of JSON. */
export const STATE_BYTES = 64 * 1024;
/** How much is told of what was thrown, in characters. */
export const FAILURE_CHARS = 2_000;
export const MAX_FRAMES = 5;
const MAX_FRAME_CHARS = 500;
const MAX_EXPORTS = 100;
/** Files beyond these are not watched. */
export const MAX_FILES = 500;

/** What a child has said, if it is one of the messages that there are. A child may say anything. */
export function readMessage(value: unknown): FromChild | undefined {
  if (!isRecord(value)) return undefined;
  const { type, id } = value;
  switch (type) {
    case "loaded": {
      const { exports, files, isBounded } = value;
      if (!isTexts(exports, MAX_EXPORTS) || !isTexts(files, MAX_FILES)) return undefined;
      return { type, exports, files, isBounded: isBounded === true };
    }
    case "refused":
    case "crashed": {
      const failure = readFailure(value["failure"]);
      return failure && { type, failure };
    }
    case "log":
      return typeof value["text"] === "string" ? { type, text: value["text"] } : undefined;
  }
  if (!isNumber(id)) return undefined;
  switch (type) {
    case "done": {
      const { state } = value;
      const payload = value["payload"] === undefined ? undefined : readPayload(value["payload"]);
      if (payload === undefined && value["payload"] !== undefined) return undefined;
      if (state !== undefined && !isState(state)) return undefined;
      return { type, id, payload, state };
    }
    case "returned":
      return { type, id, value: value["value"] };
    case "failed": {
      const failure = readFailure(value["failure"]);
      return failure && { type, id, failure };
    }
    case "publish": {
      const { run, topic } = value;
      const payload = readPayload(value["payload"]);
      if (payload === undefined || !isNumber(run) || typeof topic !== "string") return undefined;
      return { type, id, run, topic, payload };
    }
  }
  return undefined;
}

export function payloadOf(data: Data): Payload {
  if (data.kind === "bytes") return { kind: "bytes", bytes: data.bytes };
  return { kind: data.kind, text: data.text };
}

/** @throws SyntaxError for a JSON text that is none: it would stand in the frames of every session */
export function dataFrom(payload: Payload): Data {
  if (payload.kind === "bytes") return bytesData(payload.bytes);
  if (payload.kind === "text") return textData(payload.text);
  JSON.parse(payload.text);
  return jsonData(payload.text);
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isNumber = (value: unknown): value is number => Number.isSafeInteger(value);

function isTexts(value: unknown, most: number): value is string[] {
  return (
    Array.isArray(value) && value.length <= most && value.every((text) => typeof text === "string")
  );
}

/** JSON of an object, and not too much of it. */
function isState(value: unknown): value is string {
  if (typeof value !== "string" || Buffer.byteLength(value) > STATE_BYTES) return false;
  try {
    return isRecord(JSON.parse(value));
  } catch {
    return false;
  }
}

function readFailure(value: unknown): Failure | undefined {
  if (!isRecord(value)) return undefined;
  const { message, frames, code } = value;
  if (typeof message !== "string" || !isTexts(frames, MAX_FRAMES)) return undefined;
  return {
    message: message.slice(0, FAILURE_CHARS),
    frames: frames.map((frame) => frame.slice(0, MAX_FRAME_CHARS)),
    code: typeof code === "string" ? code.slice(0, 64) : undefined,
  };
}

function readPayload(value: unknown): Payload | undefined {
  if (!isRecord(value)) return undefined;
  const { kind, text, bytes } = value;
  if (kind === "bytes") return bytes instanceof Uint8Array ? { kind, bytes } : undefined;
  const isText = (kind === "text" || kind === "json") && typeof text === "string";
  return isText ? { kind, text } : undefined;
}
