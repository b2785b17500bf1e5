import { networkInterfaces } from "node:os";

/** Whether binding this address binds all that the machine has. */
export function isEveryAddress(address: string): boolean {
  return address === "0.0.0.0" || address === "::";
}

/** The IPv4 addresses under which other machines may reach this one. */
export function networkAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === "IPv4")
    .map(({ address }) => address);
}
