import type { Start } from "./history.ts";
import type { Session } from "./session.ts";

/**
 * The messages of the first page. A page that goes out whole is followed by one of twice its length:
 * messages may be large, and what is read beyond what the session takes is read in vain.
 */
export const FIRST_PAGE = 16;

/** Some topics of one session that are replayed together, merged by id. */
export class Replay {
  readonly session: Session;
  readonly topics: Set<string>;
  readonly fellBehind: boolean;
  /** By topic, the last id of what was dropped and needs no telling. */
  readonly told = new Map<string, number>();
  notBefore: number | undefined;
  /** The last id that was sent, or of which it is known that nothing up to it is to be sent. */
  after: number;
  /** When something was last sent, or read by the peer. */
  progressAt: number;
  /** What it has cost so far: see `TURN_BUDGET`. */
  cost = 0;
  /** Bytes that waited for the session when something was last sent. */
  waited = 0;
  /** The most messages of its next page. */
  page = FIRST_PAGE;

  constructor(
    session: Session,
    topics: Iterable<string>,
    { after, notBefore }: Start,
    { fellBehind, now }: { fellBehind: boolean; now: number },
  ) {
    this.session = session;
    this.topics = new Set(topics);
    this.after = after;
    this.notBefore = notBefore;
    this.fellBehind = fellBehind;
    this.progressAt = now;
  }

  reach(id: number): void {
    this.after = id;
    // It says where to begin. A clock that is set back must not make a hole further on.
    this.notBefore = undefined;
  }
}
