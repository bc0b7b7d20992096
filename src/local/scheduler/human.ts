/**
 * The human in the loop of a local run: what a task that awaits input is resumed with.
 *
 * @module
 */

import { TaskRuntimeError } from "../../error.ts";
import type { JsonObject, JsonValue } from "../../protocol/generated.ts";
import type { HumanAnswer } from "../fixtures/fixtures.ts";
import { isJsonObject } from "../../protocol/json_value.ts";
import { serializeMoment } from "./serde.ts";
import type { HitlRow } from "../store/store.ts";

/** Asks somebody; undefined when nobody can be asked. */
export type Ask = (question: HitlRow, signal?: AbortSignal) => Promise<HumanAnswer | undefined>;

/** What Airflow resumes with when nobody has answered in time and there are no defaults. */
const TIMEOUT_EVENT = {
  error: "The Human-in-the-loop response timeout has passed without a response.",
  error_type: "timeout",
};

/** Why an answer does not fit the question; undefined when it does. */
export function answerFault(question: HitlRow, answer: HumanAnswer): string | undefined {
  const { options, multiple } = question;
  const { chosenOptions } = answer;
  const unknown = chosenOptions.find((option) => !options.includes(option));
  if (unknown !== undefined) return `"${unknown}" is none of ${options.join(", ")}`;
  if (chosenOptions.length === 0) return `choose one of ${options.join(", ")}`;
  return multiple || chosenOptions.length === 1 ? undefined : "only one option can be chosen";
}

/**
 * Makes sure that an answer of the fixtures fits the question.
 *
 * @throws {TaskRuntimeError} `INVALID`, naming the path in the file.
 */
export function checkAnswer(question: HitlRow, answer: HumanAnswer): void {
  const fault = answerFault(question, answer);
  if (fault === undefined) return;
  throw new TaskRuntimeError(
    "INVALID",
    `Cannot answer for a human with answers.${question.taskId}.chosen_options: ${fault}`,
  );
}

/** The event that an answer resumes the task with. */
export function answerEvent(answer: HumanAnswer, timedOut = false): JsonObject {
  const { chosenOptions, paramsInput, respondedBy } = answer;
  return {
    chosen_options: chosenOptions,
    params_input: paramsInput,
    responded_at: serializeMoment(Temporal.Now.instant()),
    responded_by_user: respondedBy === null ? null : { ...respondedBy },
    timedout: timedOut,
  };
}

/** The event that a task is resumed with when nobody has answered in time. */
export function timeoutEvent(question: HitlRow): JsonObject {
  if (question.defaults === null) return TIMEOUT_EVENT;
  const params = Object.entries(question.params).map(([key, param]) => [key, valueOf(param)]);
  const answer: HumanAnswer = {
    chosenOptions: question.defaults,
    paramsInput: Object.fromEntries(params),
    respondedBy: null,
  };
  return answerEvent(answer, true);
}

/** The value of a param: a plain one, or the `value` of its definition. */
export function valueOf(param: JsonValue): JsonValue {
  return isJsonObject(param) && param["value"] !== undefined ? param["value"] : param;
}
