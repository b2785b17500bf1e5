import type { Server } from "bun";

/**
 * The address that a server is bound to. Its name would not tell: Bun calls a server `localhost` that
 * was given none and listens on every address. Undefined is nobody's loopback.
 */
export function boundAddress(server: Server<unknown>): string | undefined {
  // Bun has the property, as Node's `server.address()` does; its types do not.
  return (server as { readonly address?: { readonly address?: string } | null }).address?.address;
}
