import { startDanmaku } from "./danmaku.ts";

startDanmaku();
