import { type ErrorRow, ERRORS } from "../../src/core/errors.ts";
import { CLOSE, type CloseReason } from "../../src/core/session.ts";

/** Where the page is, and the command that writes it anew. */
export const ERRORS_DOC = new URL("../../docs/errors.md", import.meta.url);
export const REWRITE = "bun test/support/errors-doc.ts";

/** What the page says of a close, and what a client does when it sees one. */
const CLOSES: Readonly<Record<CloseReason, readonly [meaning: string, client: string]>> = {
  tooLarge: [
    "The client sent a message that is larger than `limits.message`.",
    "Send less. The same message would end the next connection too.",
  ],
  restart: [
    "The server restarts or stops.",
    "Come back after a random part of a delay that grows, so that not all return in one instant.",
  ],
  failed: [
    "The server made a mistake, such as a log that could not be read; it was logged.",
    "Come back, with its positions.",
  ],
  badFrame: [
    "The client sent a frame that is no JSON object (`bellcast.v1`).",
    "Do not come back: the same frame would end the next connection too.",
  ],
  forbidden: [
    "Somebody ended the session (`DELETE /v1/sessions/{sid}`).",
    "Do not come back by itself; a person may.",
  ],
  silent: [
    "Nothing was heard of the client for `limits.silence`.",
    `Come back, as after ${CLOSE.restart.code}.`,
  ],
  slow: [
    "The client read more slowly than it was sent to, for longer or by more than the limits allow.",
    "Come back with the last position: what is retained is sent again.",
  ],
  fast: [
    "The client had sent more than 64 MiB of messages without waiting for their answers.",
    "Come back, and send again, with its key, what was not answered.",
  ],
};

/** The page about errors, from the table that the server answers from. */
export function errorsDoc(): string {
  const rows: [string, ErrorRow][] = Object.entries(ERRORS);
  rows.sort(([, a], [, b]) => a.status - b.status);
  const closes = (Object.keys(CLOSE) as CloseReason[]).map(
    (reason) => [reason, CLOSE[reason]] as const,
  );
  closes.sort(([, a], [, b]) => a.code - b.code);
  return `# Errors

Every refused HTTP request, the WebSocket handshake included, is answered with
\`application/problem+json\` ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)): \`title\` and
\`status\`, a stable \`code\`, a \`detail\` about this request (the message below where there is no more to
say), a \`hint\`, and \`retry\`, which is true where the same request may succeed later without being
changed. Programs read \`code\` and \`retry\`; the words may change, and are Chinese for who asks for it
first (\`Accept-Language\`).

Some requests never reach Bellcast, because the HTTP parser refuses them with a bare status: 400 for a
request without Host or with broken framing, 431 for more than 16 KiB of headers, 505 for another
version of HTTP.

This page is printed from \`src/core/errors.ts\` by \`${REWRITE}\`.

${table(
  ["Status", "Code", "Retry", "Message", "Hint"],
  rows.map(([code, { status, retry, message, hint }]) => [
    String(status),
    `\`${code}\``,
    retry ? "yes" : "no",
    message.en,
    hint.en,
  ]),
)}

## In Chinese

The command line says the same in the language of \`--lang\`.

${table(
  ["Code", "Message", "Hint"],
  rows.map(([code, { message, hint }]) => [`\`${code}\``, message.zh, hint.zh]),
)}

## Close codes

A WebSocket that is open ends with a close code
([RFC 6455, section 7.4](https://www.rfc-editor.org/rfc/rfc6455#section-7.4)). A connection that is cut
without one shows as 1006 in the browser: come back, as after ${CLOSE.restart.code}. That is also what a client
may see instead of ${CLOSE.silent.code} and ${CLOSE.slow.code}: who reads nothing does not read why it ended.

${table(
  ["Code", "What happened", "What the client does"],
  closes.map(([reason, { code }]) => [String(code), ...CLOSES[reason]]),
)}
`;
}

/** A table whose columns stand under each other, as the formatter wants it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => Bun.stringWidth(row[column] ?? ""))),
  );
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const padded = (cells: readonly string[]) =>
    line(cells.map((cell, column) => cell + " ".repeat(widths[column]! - Bun.stringWidth(cell))));
  return [padded(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(padded)].join(
    "\n",
  );
}

if (import.meta.main) await Bun.write(ERRORS_DOC, errorsDoc());
