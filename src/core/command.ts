import type { ErrorCode } from "./errors.ts";
import type { Data } from "./message.ts";

/** What a client asks of its session. `ref` is the client's own number, echoed in the answer. */
export type Command =
  /** Plain text has no commands: everything that is sent is a message. */
  | { readonly type: "say"; readonly data: Data }
  | {
      readonly type: "subscribe";
      readonly ref?: number | undefined;
      readonly topics: readonly string[];
      /** Where each topic's replay begins, as the client wrote it; a topic that is not in it goes live at once. */
      readonly since: ReadonlyMap<string, string>;
    }
  | {
      readonly type: "unsubscribe";
      readonly ref?: number | undefined;
      readonly topics: readonly string[];
    }
  | {
      readonly type: "publish";
      readonly ref?: number | undefined;
      readonly topic: string;
      readonly data: Data;
      readonly key?: string | undefined;
    }
  | {
      readonly type: "history";
      readonly ref?: number | undefined;
      readonly topic: string;
      readonly before?: number | undefined;
      readonly limit?: number | undefined;
    }
  | { readonly type: "presence"; readonly ref?: number | undefined; readonly topic: string }
  | { readonly type: "auth"; readonly ref?: number | undefined; readonly token: string }
  | { readonly type: "ping"; readonly ref?: number | undefined }
  /** A frame that is no command. A fatal one ends the session: what follows cannot be trusted. */
  | {
      readonly type: "invalid";
      readonly ref?: number | undefined;
      readonly code: ErrorCode;
      readonly detail: string;
      readonly fatal: boolean;
    };
