/** The identity of a new log, as a position spells it: 16 random hexadecimal digits. */
export function newLog(): string {
  return crypto.randomUUID().replaceAll("-", "").slice(0, 16);
}
