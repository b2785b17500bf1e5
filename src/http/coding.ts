/** Weights of a quality value (RFC 9110, section 12.4.2). */
const WEIGHT = /^q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/**
 * Whether who sent this Accept-Encoding takes gzip, and would not rather have the bare bytes (RFC 9110,
 * section 12.5.3). Nothing said is no yes: such a client may know no coding at all.
 */
export function takesGzip(accepted: string | null): boolean {
  const weights = new Map<string, number>();
  for (const part of accepted?.toLowerCase().split(",") ?? []) {
    const [coding = "", ...parameters] = part.split(";").map((text) => text.trim());
    // What cannot be read is not asked for.
    const weight = parameters.length === 0 ? 1 : Number(WEIGHT.exec(parameters[0] ?? "")?.[1] ?? 0);
    weights.set(coding === "x-gzip" ? "gzip" : coding, weight);
  }
  const gzip = weights.get("gzip") ?? weights.get("*") ?? 0;
  return gzip > 0 && gzip >= (weights.get("identity") ?? 0);
}
