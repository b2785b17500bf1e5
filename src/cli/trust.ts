import { trustProblem } from "../auth/trust.ts";
import type { Config } from "../config/schema.ts";
import { CliError, EXIT } from "./exit.ts";
import type { Terminal } from "./terminal.ts";

/** Refuses a configuration under which nobody, or everybody unasked, would be served. @throws CliError */
export function refuseUntrusted({ server, auth }: Config, terminal: Terminal): void {
  const problem = trustProblem(auth.mode, server);
  if (problem === undefined) return;
  const values = { host: server.host, hosts: server.hosts.join(", ") };
  const key = problem === "wide_bind" ? "refusedWideBind" : "refusedNamedHosts";
  throw new CliError(EXIT.config, terminal.text(key, values));
}
