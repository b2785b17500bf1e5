import { toSvgPath } from "lean-qr/extras/svg";
import { correction, generate } from "lean-qr/nano";

import { drawing } from "./element.ts";

/** Light modules around the code, so that a camera finds it (ISO/IEC 18004, section 9.1). */
const QUIET_ZONE = 4;

/**
 * A QR code of the text; undefined of one that is too long for any. Module of its own: it is loaded when
 * somebody asks for it.
 */
export function qrCode(text: string): SVGSVGElement | undefined {
  const code = tryGenerate(text);
  if (code === undefined) return undefined;
  const side = code.size + 2 * QUIET_ZONE;
  return drawing(toSvgPath(code), {
    viewBox: `${-QUIET_ZONE} ${-QUIET_ZONE} ${side} ${side}`,
    class: "qr",
    "shape-rendering": "crispEdges",
    role: "img",
  });
}

function tryGenerate(text: string): ReturnType<typeof generate> | undefined {
  try {
    return generate(text, { minCorrectionLevel: correction.M });
  } catch {
    return undefined;
  }
}
