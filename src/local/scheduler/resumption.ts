/**
 * Resumes a task that waits outside of its process: deferred to a trigger, or for a human.
 *
 * @module
 */

import type { JsonObject, JsonValue } from "../../protocol/generated.ts";
import type { Say } from "../api/answer_state.ts";
import type { Fixtures, HumanAnswer, Supply } from "../fixtures/fixtures.ts";
import { secondsOfDuration } from "../store/time.ts";
import type { AirflowStore, TaskInstanceKey } from "../store/store.ts";
import type { EndState } from "../supervisor/terminal_state.ts";
import type { TerminalRequest } from "../supervisor/terminal_state.ts";
import { answerEvent, type AskHuman, checkAnswer, timeoutEvent } from "./human_input.ts";
import type { LocalClock } from "./local_clock.ts";
import { runTrigger } from "./triggers.ts";

/** The method that a task resumes in. */
export interface Resume {
  /** The name of the method. */
  readonly method: string;
  /** Its arguments. */
  readonly kwargs: JsonObject;
}

/** The result of a wait: the task resumes, ends, or stays in its state. */
export type ResumeOutcome =
  | { readonly kind: "resume"; readonly resume: Resume }
  | { readonly kind: "end"; readonly state: EndState; readonly reason: string }
  | { readonly kind: "stay" };

/** The terminal message of a task that waits. */
export type WaitingMessage = Extract<TerminalRequest, { type: "DeferTask" | "AwaitInputTask" }>;

/** The options of a wait. */
export interface ResumeOptions {
  /** The clock of the task. */
  readonly clock: LocalClock;
  /** Writes to the task's log. */
  readonly say: Say;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
}

type Message<T extends WaitingMessage["type"]> = Extract<WaitingMessage, { type: T }>;

/** Airflow's name of the method that fails a task after a trigger timeout. */
const FAIL_METHOD = "__fail__";
const TRIGGER_TIMEOUT = { error: "Trigger timeout" };

/** Resumes one task with events of the fixtures, of triggers and of humans. */
export class Resumption {
  readonly #task: TaskInstanceKey;
  readonly #store: AirflowStore;
  readonly #ask: AskHuman;
  readonly #nextAnswer: () => HumanAnswer | undefined;
  readonly #nextEvent: () => JsonValue | undefined;

  /** Resumes this task. */
  constructor(
    task: TaskInstanceKey,
    store: AirflowStore,
    ask: AskHuman,
    fixtures: Fixtures | undefined,
  ) {
    this.#task = task;
    this.#store = store;
    this.#ask = ask;
    this.#nextAnswer = takeFrom(fixtures?.answers.get(task.taskId));
    this.#nextEvent = takeFrom(fixtures?.events.get(task.taskId));
  }

  /**
   * Waits for the trigger or the human.
   *
   * @throws {TaskRuntimeError} `INVALID` when an answer of the fixtures does not fit the question.
   */
  wait(message: WaitingMessage, options: ResumeOptions): Promise<ResumeOutcome> {
    return message.type === "DeferTask"
      ? this.#waitForTrigger(message, options)
      : this.#waitForHuman(message, options);
  }

  async #waitForTrigger(
    message: Message<"DeferTask">,
    options: ResumeOptions,
  ): Promise<ResumeOutcome> {
    const { taskId } = this.#task;
    const { classpath } = message;
    const given = this.#nextEvent();
    if (given !== undefined) {
      options.say("info", "Using the trigger's event from the fixtures", { classpath });
      return resumeWith(message, given);
    }
    const outcome = await runTrigger(message, {
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
      case "unknown": {
        const advice = `add its event to events.${taskId} in the fixtures`;
        return stay("deferred", `${outcome.reason}; ${advice}`, options);
      }
    }
  }

  async #waitForHuman(
    message: Message<"AwaitInputTask">,
    options: ResumeOptions,
  ): Promise<ResumeOutcome> {
    const question = this.#store.hitl(this.#task);
    const { taskId } = this.#task;
    if (question === undefined) {
      return stay("awaiting_input", "the task sent no question before it waited", options);
    }
    const given = this.#nextAnswer();
    if (given !== undefined) {
      checkAnswer(question, given);
      options.say("info", "Using the human's answer from the fixtures", {
        options: given.chosenOptions,
      });
      return resumeWith(message, answerEvent(given));
    }
    const answer = await this.#ask(question, options.signal);
    if (options.signal?.aborted) return { kind: "stay" };
    if (answer !== undefined) return resumeWith(message, answerEvent(answer));
    const seconds = secondsOfDuration(message.timeout);
    if (seconds === null) {
      const reason = `"${question.subject}" has no answer; add one to answers.${taskId} in the ` +
        "fixtures";
      return stay("awaiting_input", reason, options);
    }
    options.say("info", "No human answered in time", { timeout_seconds: seconds });
    await options.clock.wait(seconds, options.signal);
    return resumeWith(message, timeoutEvent(question));
  }

  #succeed(): ResumeOutcome {
    const row = this.#store.taskInstance(this.#task);
    if (row !== undefined) this.#store.setTaskInstance({ ...row, state: "success" });
    return { kind: "end", state: "success", reason: "the trigger ended the task" };
  }
}

function stay(state: EndState, reason: string, { say }: ResumeOptions): ResumeOutcome {
  say("error", "Cannot resume the task locally", { reason });
  return { kind: "end", state, reason: `cannot resume locally: ${reason}` };
}

function resumeWith(message: WaitingMessage, event: JsonValue): ResumeOutcome {
  const kwargs = { ...message.next_kwargs, event };
  return { kind: "resume", resume: { method: message.next_method, kwargs } };
}

/** Takes the values of a supply one by one, or its only value every time. */
function takeFrom<T>(
  { values, isEndless }: Supply<T> = { values: [], isEndless: false },
): () => T | undefined {
  let taken = 0;
  return (): T | undefined => values[isEndless ? 0 : taken++];
}
