// Requests that are aborted, answered, answered late, twice or with another id, in any order.

import { assert, assertEquals } from "@std/assert";
import { TaskRuntimeError } from "../../src/error.ts";
import { Random } from "../fuzz/random.ts";
import { isQuick } from "../thoroughness.ts";
import { type Conversation, conversation, get, variable } from "./client_conversation.ts";

const RUNS = isQuick ? 12 : 200;
const STEPS = 40;

/** One conversation at random. */
class Game {
  readonly #talk: Conversation;
  readonly #random: Random;
  /** Those that have come to the supervisor and were not answered. */
  readonly #asked: [id: number, key: string][] = [];
  /** The keys that have come, in their order. */
  readonly arrived: string[] = [];
  readonly #open = new Map<string, AbortController>();
  readonly ends: Promise<[key: string, end: string]>[] = [];
  readonly #givenUp = new Set<string>();

  constructor(talk: Conversation, random: Random) {
    this.#talk = talk;
    this.#random = random;
  }

  /** Takes what arrives until the connection ends. */
  async listen(): Promise<void> {
    for (;;) {
      const request = await this.#talk.far.receiveRequest().catch(() => undefined);
      if (request === undefined) return;
      const [id, { key }] = request;
      this.#asked.push([id, String(key)]);
      this.arrived.push(String(key));
    }
  }

  async step(): Promise<void> {
    const random = this.#random;
    const move = random.below(10);
    if (move < 4) this.#ask();
    else if (move < 6) this.#giveUp(random.pick([...this.#open.keys(), ""]));
    else if (move < 8) await this.answer();
    else if (move < 9) await this.#answerStrangely();
    else if (random.once(4)) this.#abandon();
    if (random.once(2)) await new Promise((resolve) => setTimeout(resolve, 0));
  }

  /** Answers the first that was asked, if any was. */
  async answer(): Promise<void> {
    const [id, key] = this.#asked.shift() ?? [];
    if (id !== undefined) await this.#talk.far.send([id, variable(String(key)), null]);
  }

  /** Tells whether the outcome of a request is right: its own reply, or its own abort. */
  isRight([key, end]: [string, string]): boolean {
    return end === `value of ${key}` || (end === "ABORTED" && this.#givenUp.has(key));
  }

  #ask(): void {
    const key = String(this.ends.length);
    const controller = new AbortController();
    if (this.#random.once(8)) {
      controller.abort();
      this.#givenUp.add(key);
    } else this.#open.set(key, controller);
    const reply = this.#talk.client.request(get(key), { signal: controller.signal });
    const told = reply.then(
      ({ value }) => String(value),
      (error) => error instanceof TaskRuntimeError ? error.code : String(error),
    );
    this.ends.push(told.then((end) => [key, end]));
  }

  #giveUp(key: string): void {
    this.#open.get(key)?.abort();
    this.#open.delete(key);
    this.#givenUp.add(key);
  }

  #abandon(): void {
    for (const key of this.#open.keys()) this.#givenUp.add(key);
    this.#talk.client.abandon("everything is abandoned");
  }

  async #answerStrangely(): Promise<void> {
    const id = this.#random.pick([0, -1, 1000, 2 ** 31]);
    await this.#talk.far.send([id, variable("a stranger's"), null]);
  }
}

Deno.test("Client: settles each request once, in order and with its own reply, in random conversations", async () => {
  const random = new Random();
  for (let run = 0; run < RUNS; run++) {
    random.restart(20_261_130, run);
    using talk = await conversation();
    const game = new Game(talk, random);
    const listening = game.listen();
    for (let i = 0; i < STEPS; i++) await game.step();
    let isOver = false;
    const over = Promise.all([talk.client.idle(), ...game.ends]).then(() => isOver = true);
    while (!isOver) {
      await game.answer();
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    await over;
    for (const end of await Promise.all(game.ends)) assert(game.isRight(end), `run ${run}: ${end}`);
    assertEquals(game.arrived, game.arrived.toSorted((a, b) => Number(a) - Number(b)));
    assert(talk.client.isIdle);
    talk.client[Symbol.dispose]();
    await listening;
  }
});
