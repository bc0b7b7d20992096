/**
 * What becomes of a task that waits outside of its process: deferred, or for a human.
 *
 * @module
 */

import type { JsonObject, JsonValue } from "../../protocol/generated.ts";
import type { Say } from "../api/answer_state.ts";
import type { EndState } from "../supervisor/ending.ts";
import type { Fixtures, HumanAnswer } from "../fixtures/fixtures.ts";
import { answerEvent, type Ask, checkAnswer, timeoutEvent } from "./human.ts";
import type { LocalClock } from "./local_clock.ts";
import { secondsOf } from "../store/moment.ts";
import { Sequence } from "./sequence.ts";
import type { Store, TaskInstanceKey } from "../store/store.ts";
import type { TerminalMessage } from "../supervisor/terminal_message.ts";
import { playTrigger } from "./triggers.ts";

/** What a task is resumed with. */
export interface Resume {
  /** The method that goes on. */
  readonly method: string;
  /** Its arguments. */
  readonly kwargs: JsonObject;
}

/** What becomes of a waiting task. */
export type ResumeOutcome =
  | { readonly kind: "resume"; readonly resume: Resume }
  | { readonly kind: "end"; readonly state: EndState; readonly reason: string }
  | { readonly kind: "stay" };

/** The last message of a task that waits. */
export type ParkingMessage = Extract<TerminalMessage, { type: "DeferTask" | "AwaitInputTask" }>;

/** What a wait needs. */
export interface ResumeOptions {
  /** The clock of the run. */
  readonly clock: LocalClock;
  /** Tells the developer. */
  readonly say: Say;
  /** Ends the wait. */
  readonly signal?: AbortSignal;
}

type Message<T extends ParkingMessage["type"]> = Extract<ParkingMessage, { type: T }>;

/** What Airflow calls the method that fails a task whose trigger has not fired. */
const FAIL_METHOD = "__fail__";
const TRIGGER_TIMEOUT = { error: "Trigger timeout" };

/** Resumes one task as the fixtures, the triggers or a human say. */
export class Resumption {
  readonly #task: TaskInstanceKey;
  readonly #store: Store;
  readonly #ask: Ask;
  readonly #answers: Sequence<HumanAnswer>;
  readonly #events: Sequence<JsonValue>;

  /** For one task of a run. */
  constructor(task: TaskInstanceKey, store: Store, ask: Ask, fixtures: Fixtures | undefined) {
    this.#task = task;
    this.#store = store;
    this.#ask = ask;
    this.#answers = new Sequence(fixtures?.answers.get(task.taskId));
    this.#events = new Sequence(fixtures?.events.get(task.taskId));
  }

  /**
   * Waits for what the task waits for.
   *
   * @throws {TaskRuntimeError} `INVALID` when an answer of the fixtures does not fit the question.
   */
  of(message: ParkingMessage, options: ResumeOptions): Promise<ResumeOutcome> {
    return message.type === "DeferTask"
      ? this.#fire(message, options)
      : this.#answer(message, options);
  }

  async #fire(message: Message<"DeferTask">, options: ResumeOptions): Promise<ResumeOutcome> {
    const { taskId } = this.#task;
    const { classpath } = message;
    const given = this.#events.next();
    if (given !== undefined) {
      options.say("info", "The fixtures have the trigger's event", { classpath });
      return resumeWith(message, given);
    }
    const outcome = await playTrigger(message, {
      ...options,
      store: this.#store,
      say: (event, fields) => options.say("info", event, { classpath, ...fields }),
    });
    switch (outcome.kind) {
      case "event":
        return resumeWith(message, outcome.payload);
      case "timeout":
        return { kind: "resume", resume: { method: FAIL_METHOD, kwargs: TRIGGER_TIMEOUT } };
      case "success":
        return this.#succeed();
      case "aborted":
        return { kind: "stay" };
      case "unknown":
        return this.#stay(
          "deferred",
          `${outcome.reason}; events.${taskId} is to hold its event`,
          options,
        );
    }
  }

  async #answer(
    message: Message<"AwaitInputTask">,
    options: ResumeOptions,
  ): Promise<ResumeOutcome> {
    const question = this.#store.hitl(this.#task);
    const { taskId } = this.#task;
    if (question === undefined) {
      return this.#stay("awaiting_input", "it has asked nobody anything", options);
    }
    const given = this.#answers.next();
    if (given !== undefined) {
      checkAnswer(question, given);
      options.say("info", "The fixtures have the human's answer", { options: given.chosenOptions });
      return resumeWith(message, answerEvent(given));
    }
    const answer = await this.#ask(question, options.signal);
    if (options.signal?.aborted) return { kind: "stay" };
    if (answer !== undefined) return resumeWith(message, answerEvent(answer));
    const seconds = secondsOf(message.timeout);
    if (seconds === null) {
      const reason = `nobody answers "${question.subject}"; answers.${taskId} is to hold an answer`;
      return this.#stay("awaiting_input", reason, options);
    }
    options.say("info", "Nobody answers in time", { timeout_seconds: seconds });
    await options.clock.wait(seconds, options.signal);
    return resumeWith(message, timeoutEvent(question));
  }

  #stay(state: EndState, reason: string, { say }: ResumeOptions): ResumeOutcome {
    say("error", "Nothing resumes the task here", { reason });
    return { kind: "end", state, reason: `nothing resumes it: ${reason}` };
  }

  #succeed(): ResumeOutcome {
    const row = this.#store.taskInstance(this.#task);
    if (row !== undefined) this.#store.setTaskInstance({ ...row, state: "success" });
    return { kind: "end", state: "success", reason: "the trigger ended the task" };
  }
}

function resumeWith(message: ParkingMessage, event: JsonValue): ResumeOutcome {
  const kwargs = { ...message.next_kwargs, event };
  return { kind: "resume", resume: { method: message.next_method, kwargs } };
}
