/** The script of the SharedWorker in which tabs share a connection; its name says what they agree in. */
import { connect, type ConnectOptions, systemClock } from "./index.ts";
import { Tabs } from "./tabs.ts";

interface SharedWorkerScope {
  readonly name: string;
  readonly location: Location;
  onconnect: ((event: MessageEvent) => void) | null;
}

const scope = globalThis as unknown as SharedWorkerScope;
const options = JSON.parse(scope.name) as ConnectOptions;
const { origin } = scope.location;

const tabs = new Tabs({
  url: origin,
  platform: { fetch: (address, init) => fetch(address, init), clock: systemClock },
  open: () => connect(origin, { ...options, share: false }),
});
scope.onconnect = ({ ports: [port] }) => {
  if (port) tabs.join(port);
};
