import type { DanmakuKey } from "./texts.ts";

/** The colours that can be chosen. They tell apart over dark and light, with the outline that they get. */
export const PALETTE = [
  { color: "#ffffff", text: "white" },
  { color: "#ff5a52", text: "red" },
  { color: "#ffa033", text: "orange" },
  { color: "#ffe14d", text: "yellow" },
  { color: "#6fe37a", text: "green" },
  { color: "#4fdbe6", text: "cyan" },
  { color: "#6aa5ff", text: "blue" },
  { color: "#ff8ad0", text: "pink" },
] as const satisfies readonly { color: string; text: DanmakuKey }[];
