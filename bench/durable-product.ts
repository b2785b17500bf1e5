/** The product's row: Bellcast with a store in the file that it is given. */
import { bellcast } from "../src/index.ts";

const app = await bellcast({ port: 0, store: process.argv[2] ?? "", log: { level: "warn" } });
console.log(app.url);
