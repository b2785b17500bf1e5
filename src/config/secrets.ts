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

/** The text with something harmless in place of each secret, so that the rest of it can be checked. */
export function withoutSecrets(text: string): string {
  return text.replace(PLACE, "secret");
}

/** The text with its secrets filled in. @param find throws for one that is not there */
export function reveal(text: string, find: (secret: Secret) => string): string {
  return text.replace(PLACE, (_, kind: string, name: string) =>
    find({ kind: kind === "env" ? "env" : "file", name }),
  );
}
