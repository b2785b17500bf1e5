import {
  BellcastError,
  type Client,
  type ClientClock,
  type PresenceChange,
  systemClock,
} from "../../src/client/index.ts";

/** Over polls nobody is told who comes and goes. */
const ASK_MS = 15_000;

/** Who is in a room, as far as that is known. */
export interface Attendance {
  readonly state: "unknown" | "off" | "known";
  readonly online: number;
  /** The longest there first. */
  readonly sids: readonly string[];
}

const UNKNOWN: Attendance = { state: "unknown", online: 0, sids: [] };

/** Who is in the room that is shown: asked for when it is entered, and kept up to date. */
export class Members {
  readonly #clock: ClientClock;
  readonly #onChange: (attendance: Attendance) => void;
  #current = UNKNOWN;
  #sids = new Set<string>();
  #stop = () => {};

  constructor(onChange: (attendance: Attendance) => void, clock: ClientClock = systemClock) {
    this.#onChange = onChange;
    this.#clock = clock;
  }

  get current(): Attendance {
    return this.#current;
  }

  /** Follows this topic from now on; undefined follows none. */
  follow(client: Pick<Client, "presence" | "topic" | "status" | "on">, topic?: string): void {
    this.#stop();
    this.#tell(UNKNOWN);
    if (topic === undefined) return;
    let isOver = false;
    let isAsking = false;
    let isStale = false;
    let cancel = () => {};
    const ask = async (): Promise<void> => {
      if (isAsking) {
        isStale = true;
        return;
      }
      isAsking = true;
      cancel();
      try {
        const { online, members } = await client.presence(topic);
        if (isOver) return;
        this.#sids = new Set(members.map(({ sid }) => sid));
        this.#tell({ state: "known", online, sids: [...this.#sids] });
        if (client.status.transport === "poll") {
          cancel = this.#clock.after(ASK_MS, () => void ask());
        }
      } catch (error) {
        if (isOver) return;
        const isOff = error instanceof BellcastError && error.code === "presence_off";
        if (isOff || this.#current.state !== "known") {
          this.#tell({ ...UNKNOWN, state: isOff ? "off" : "unknown" });
        }
      }
      isAsking = false;
      if (isStale && !isOver) {
        isStale = false;
        void ask();
      }
    };
    const changed = ({ online, join, leave }: PresenceChange): void => {
      if (isAsking || this.#current.state !== "known" || (join ?? leave) === undefined) {
        void ask();
        return;
      }
      for (const sid of leave ?? []) this.#sids.delete(sid);
      for (const sid of join ?? []) this.#sids.add(sid);
      this.#tell({ state: "known", online, sids: [...this.#sids] });
    };
    const offs = [
      client.topic(topic).on("presence", changed),
      client.on("status", ({ state }) => {
        if (state === "open") void ask();
      }),
    ];
    this.#stop = () => {
      isOver = true;
      cancel();
      for (const off of offs) off();
    };
    if (client.status.state === "open") void ask();
  }

  #tell(attendance: Attendance): void {
    this.#current = attendance;
    this.#onChange(attendance);
  }
}
