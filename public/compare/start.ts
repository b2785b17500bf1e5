import { startCompare } from "./compare.ts";

startCompare();
