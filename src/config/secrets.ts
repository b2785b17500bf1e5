/**
 * Secrets are named in the configuration and stand elsewhere: `${env:NAME}` is a variable of the
 * environment, `${file:PATH}` what is in a file, without its final line break.
 */

/** Where a secret stands. */
export interface Secret {
  readonly kind: "env" | "file";
  readonly name: string;
}

const PLACE = /\$\{(env|file):([^{}]+)\}/g;

/** The secrets that a text names. */
export function secretsIn(text: string): Secret[] {
  return [...text.matchAll(PLACE)].map(([, kind, name = ""]) => ({
    kind: kind === "env" ? "env" : "file",
    name,
  }));
}

/** What looks like a secret's place in a text, and is none, such as `${TOKEN}`. */
export function misspeltIn(text: string): string | undefined {
  const [shown] = /\$\{.{0,40}/s.exec(text.replace(PLACE, "")) ?? [];
  return shown?.replace(/\}.*/s, "}");
}

/** The text with something harmless in place of each secret, so that the rest of it can be checked. */
export function withoutSecrets(text: string): string {
  return text.replace(PLACE, "secret");
}

/** The same of an address, which may begin with a secret, or be one. */
export function addressWithoutSecrets(text: string): string {
  return withoutSecrets(text.replace(/^\s*\$\{(?:env|file):[^{}]+\}/, "https://secret"));
}

/** The text with its secrets filled in. */
export function reveal(text: string, valueOf: (secret: Secret) => string): string {
  return text.replace(PLACE, (_, kind: string, name: string) =>
    valueOf({ kind: kind === "env" ? "env" : "file", name }),
  );
}
