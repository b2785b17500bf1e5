/**
 * Clients that say nothing, in a process of their own, and answer a ping as any WebSocket does:
 * `quiet-clients.ts URL NAME COUNT`. Tells `open` when all are connected.
 */
import { openSocket } from "../transport/ws.ts";

const [url = "", name = "", count = "0"] = process.argv.slice(2);
const sids = Array.from({ length: Number(count) }, (_, index) => `${name}-${index}`);
await Promise.all(sids.map((sid) => openSocket(url, `/ws/${sid}`, [], () => {})));
process.stdout.write("open\n");
