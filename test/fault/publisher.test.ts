import { expect, test } from "bun:test";

import { type Draft, type Link, Refusal } from "./links.ts";
import { Publisher } from "./publisher.ts";

type Answer = number | Refusal | undefined;

/** A connection that ends at the first message that it has no answer to. */
class ScriptedLink implements Link {
  readonly outstanding = 4;
  readonly closed: Promise<void>;
  readonly #close: () => void;
  readonly #answer: (draft: Draft) => Answer;

  constructor(answer: (draft: Draft) => Answer) {
    const { promise, resolve } = Promise.withResolvers<void>();
    [this.closed, this.#close, this.#answer] = [promise, resolve, answer];
  }

  async publish(draft: Draft): Promise<number> {
    const answer = this.#answer(draft);
    if (typeof answer === "number") return answer;
    if (answer instanceof Refusal) throw answer;
    this.#close();
    throw new Error("the connection has ended");
  }

  [Symbol.dispose](): void {
    this.#close();
  }
}

/** Publishes five messages; `answer` is told how often each was sent before. */
async function publishFive(keys: boolean, answer: (name: number, before: number) => Answer) {
  const sent: Draft[] = [];
  const publisher: Publisher = new Publisher({
    open: async () =>
      new ScriptedLink((draft) => {
        const name = Number.parseInt(draft.text, 10);
        const before = sent.filter(({ text }) => text === draft.text).length;
        sent.push(draft);
        if (name === 5) publisher.stop();
        return answer(name, before);
      }),
    ...{ topics: ["a"], first: 1, bytes: 10, intervalMs: 0, keys, random: () => 0 },
  });
  await publisher.run();
  return { publisher, sent: sent.map(({ text, key }) => [Number.parseInt(text, 10), key]) };
}

test("without keys, what was not answered is not repeated", async () => {
  const { publisher, sent } = await publishFive(false, (name) => (name === 2 ? undefined : name));
  expect(sent).toEqual([1, 2, 3, 4, 5].map((name) => [name, undefined]));
  expect(publisher.acknowledged.map(({ id }) => id)).toEqual([1, 3, 4, 5]);
  expect(publisher.unanswered).toEqual([2]);
  expect(publisher.names).toEqual([1, 2, 3, 4, 5]);
});

test("with keys, what was not answered is repeated with its key, before what is new", async () => {
  const { publisher, sent } = await publishFive(true, (name, before) =>
    name === 2 && before < 2 ? undefined : name,
  );
  expect(sent).toEqual([1, 2, 2, 2, 3, 4, 5].map((name) => [name, `${name}`]));
  expect(publisher.acknowledged.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
  expect(publisher.unanswered).toEqual([]);
});

test("with keys, what may be accepted later is asked for again; what may not is not", async () => {
  const full = new Refusal({ code: "store_full", retry: true });
  const wrong = new Refusal({ code: "invalid_topic", retry: false });
  const { publisher } = await publishFive(true, (name, before) => {
    if (name === 2 && before < 3) return full;
    return name === 4 ? wrong : name;
  });
  const ids = publisher.acknowledged.map(({ id }) => id);
  expect(ids.toSorted()).toEqual([1, 2, 3, 5]);
  const codesOf = (asked: number) =>
    publisher.refused.filter(({ name }) => name === asked).map(({ code }) => code);
  expect(codesOf(2)).toEqual(["store_full", "store_full", "store_full"]);
  expect(codesOf(4)).toEqual(["invalid_topic"]);
  expect(publisher.refused).toHaveLength(4);
});
