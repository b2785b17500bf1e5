/** The rooms and people that one can write to, and the topics that they are. */

/** The room that is open when nobody asks for another. */
export const LOBBY = "lobby";

const PREFIX = "chat.";
const ROOM_LENGTH = 40;

/** The room that somebody typed or that a link names; undefined when it is none. */
export function roomOf(typed: string): string | undefined {
  const name = typed.normalize("NFC").trim();
  const isRoom = [...name].length <= ROOM_LENGTH && /^[\p{L}\p{M}\p{Nd}_-]+$/u.test(name);
  return isRoom ? name : undefined;
}

export const topicOf = (room: string) => PREFIX + room;
export const inboxOf = (sid: string) => `@${sid}`;
export const isInbox = (topic: string) => topic.startsWith("@");
/** The room or the person of a topic. */
export const targetOf = (topic: string) => topic.slice(isInbox(topic) ? 1 : PREFIX.length);
