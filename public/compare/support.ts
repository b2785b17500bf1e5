import type { CompareKey } from "./texts.ts";

/** Something that the client uses, and whether this browser has it. */
export interface Ability {
  /** As programs name it; the text beside it is `ability_…` of the same key. */
  readonly name: string;
  readonly isThere: boolean;
  /** What that means, whichever it is. */
  readonly meaning: CompareKey;
}

/** What a browser is asked for. */
export interface Surroundings {
  readonly WebSocket?: unknown;
  readonly EventSource?: unknown;
  readonly SharedWorker?: unknown;
  readonly TextDecoderStream?: unknown;
  readonly AbortSignal?: object;
  readonly Response?: { readonly prototype: object };
  readonly isSecureContext: boolean;
}

/** What this browser has of what the client can use. */
export function abilitiesOf(browser: Surroundings): readonly Ability[] {
  const has = (name: keyof Surroundings) => browser[name] !== undefined;
  const ability = (name: string, isThere: boolean, yes: CompareKey, no: CompareKey): Ability => ({
    ...{ name, isThere },
    meaning: isThere ? yes : no,
  });
  return [
    ability("WebSocket", has("WebSocket"), "hasWebSocket", "lacksWebSocket"),
    ability("fetch → ReadableStream", streams(browser), "hasStreams", "lacksStreams"),
    ability("EventSource", has("EventSource"), "hasEventSource", "lacksEventSource"),
    ability("SharedWorker", has("SharedWorker"), "hasSharedWorker", "lacksSharedWorker"),
    ability(
      "TextDecoderStream",
      has("TextDecoderStream"),
      "hasTextDecoderStream",
      "lacksTextDecoderStream",
    ),
    ability(
      "AbortSignal.timeout",
      "timeout" in (browser.AbortSignal ?? {}),
      "hasAbortTimeout",
      "lacksAbortTimeout",
    ),
    ability("isSecureContext", browser.isSecureContext, "isSecure", "isNotSecure"),
  ];
}

/** What `connect()` would use here, when nothing on the way forbids it. */
export function choiceOf(browser: Surroundings): CompareKey {
  if (browser.WebSocket !== undefined) {
    return browser.SharedWorker === undefined ? "choosesWs" : "choosesSharedWs";
  }
  return streams(browser) && browser.TextDecoderStream !== undefined ? "choosesSse" : "choosesPoll";
}

const streams = ({ Response: response }: Surroundings) => "body" in (response?.prototype ?? {});

/**
 * The protocol of the page's own connection, by its ALPN name (RFC 7301): `http/1.1`, `h2`, `h3`;
 * undefined where the browser does not say.
 */
export function protocolOf(entries: readonly PerformanceEntry[]): string | undefined {
  const named = entries.map((one) => (one as Partial<PerformanceResourceTiming>).nextHopProtocol);
  return named.findLast((one) => one !== undefined && one !== "");
}
