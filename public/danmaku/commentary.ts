import type { Client, Message } from "../../src/client/index.ts";
import type { Language } from "../shared/language.ts";
import { describeProblem } from "../shared/problem.ts";
import type { SharedKey } from "../shared/texts.ts";
import type { CommentList } from "./comment-list.ts";
import { atOf, type Comment, commentOf, type Entry } from "./comment.ts";
import type { Film } from "./film.ts";
import type { News } from "./news.ts";
import type { Prompter } from "./prompter.ts";
import { Room } from "./room.ts";
import type { Playhead, Show } from "./show.ts";
import type { DanmakuKey } from "./texts.ts";
import type { Timeline } from "./timeline.ts";

export interface CommentaryOptions {
  readonly client: Client;
  readonly language: Language<DanmakuKey | SharedKey>;
  readonly player: Playhead;
  readonly timeline: Timeline;
  readonly prompter: Prompter;
  readonly show: Show;
  readonly list: CommentList;
  /** How many comments are kept, and read. */
  readonly limit: number;
  /** Somebody else's comment has come: by now, not from before. */
  readonly onArrival: (entry: Entry) => void;
  /** What the timeline has may look different. */
  readonly onTimeline: () => void;
  readonly onSkipped: (count: number) => void;
  readonly onOnline: (online: number | undefined) => void;
  /** What the reader should know. */
  readonly news: News;
  /** Whether anything can be said here. */
  readonly onOpen: (isOpen: boolean) => void;
}

/** What is said about the film: brings it from the topic to the timeline, the stage and the list, each once. */
export class Commentary {
  readonly #options: CommentaryOptions;
  #room: Room | undefined;
  /** Whether something is missing of what is being sent again. */
  #hasGap = false;
  /** How often everything was taken away. */
  #clearings = 0;

  constructor(options: CommentaryOptions) {
    this.#options = options;
    options.client.on("error", ({ code, message }) => {
      if (message === this.#room?.topic.name) this.#refused(code);
    });
  }

  /** Leaves what is said about another film, and takes up what is about this one. */
  follow(film: Film): void {
    if (this.#room?.topic.name === film.topic) return;
    const { client, limit, onSkipped, onOnline, news, onOpen, language } = this.#options;
    this.leave();
    news.clear();
    onOpen(true);
    this.#room = new Room({
      client,
      topic: film.topic,
      limit,
      onMessage: (message) => this.#take(message),
      onPast: (messages) => this.#takeOlder(messages),
      onPastRefused: ({ code }) => news.stay(() => language.say("pastRefused", { why: code })),
      onLive: ({ restored }) => {
        if (restored > 0 && !this.#hasGap) {
          news.say(() => language.say("restored", { n: restored }));
        }
        this.#hasGap = false;
      },
      onGap: () => {
        this.#hasGap = true;
        this.#clear();
        news.say(() => language.say("gap"));
      },
      onSkipped,
      onOnline,
    });
  }

  /** There is no film: nothing is said, and nothing can be. */
  leave(): void {
    this.#room?.leave();
    this.#room = undefined;
    this.#clear();
    this.#options.onOpen(false);
    this.#options.onOnline(undefined);
  }

  /**
   * Shows a comment of one's own at once, and publishes it. Resolves to what says why it was not published, in
   * the language of the page; undefined when it was.
   */
  async send(draft: Omit<Comment, "at">): Promise<(() => string) | undefined> {
    const { player, show, list, language, client, news } = this.#options;
    const room = this.#room;
    if (room === undefined) return undefined;
    const comment = { ...draft, at: atOf(player.position) };
    const own = { ...comment, isOwn: true };
    show.showNow(own);
    const tell = list.add(own, "sending");
    const clearings = this.#clearings;
    let takeBack = () => {};
    try {
      const published = room.topic.publish(comment);
      if (client.status.state !== "open") takeBack = news.stay(() => language.say("queued"));
      const receipt = await published;
      // The film may be another by now.
      const isKept =
        room === this.#room && !receipt.skipped && this.#keep({ ...own, id: receipt.id });
      // Its line went with those of before a gap.
      if (isKept && clearings !== this.#clearings) list.add(own);
      const fate = receipt.skipped ? "unseen" : "sent";
      tell(fate);
      if (fate === "unseen") news.say(() => language.say("ownSkipped"));
      return undefined;
    } catch (error) {
      tell("failed");
      return () => describeProblem(error, language);
    } finally {
      takeBack();
    }
  }

  #take(message: Message): void {
    const { client, player, list, show, onArrival } = this.#options;
    // What this page has published was shown when it was, and is kept when that is confirmed.
    if (message.from === client.sid) return;
    const comment = commentOf(message, message.replay ? undefined : player.position);
    if (comment === undefined) return;
    const entry = { ...comment, id: message.id };
    if (!this.#options.timeline.add(entry)) return;
    this.#options.onTimeline();
    list.add(entry);
    if (message.replay) return;
    onArrival(entry);
    show.arrived(entry);
  }

  #takeOlder(messages: readonly Message[]): void {
    const { client, list, timeline, show, onTimeline } = this.#options;
    const entries = messages.flatMap((message) => {
      const comment = commentOf(message);
      const isOwn = message.from === client.sid;
      return comment ? [{ ...comment, id: message.id, isOwn }] : [];
    });
    const fresh = timeline.addOlder(entries);
    list.addOlder(fresh);
    // One's own was shown when it was sent.
    show.recalled(fresh.filter(({ isOwn }) => isOwn !== true));
    onTimeline();
  }

  /** One's own comment is in the topic. It was shown, so it is passed over this time. False: it is known already. */
  #keep(entry: Entry): boolean {
    const { timeline, prompter, onTimeline } = this.#options;
    if (!timeline.add(entry)) return false;
    prompter.passOver(entry);
    onTimeline();
    return true;
  }

  #clear(): void {
    const { timeline, list, show, onTimeline } = this.#options;
    this.#clearings += 1;
    timeline.clear();
    list.clear();
    show.restart();
    onTimeline();
  }

  #refused(code: string): void {
    const { language, news, onOpen } = this.#options;
    const why = () => language.find(`why_${code}`) ?? code;
    news.stay(() => language.say("topicRefused", { why: why() }));
    onOpen(false);
  }
}
