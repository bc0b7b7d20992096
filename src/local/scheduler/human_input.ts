/**
 * Human input in a local run: the question on the terminal, and the event that resumes the task.
 *
 * @module
 */

import { TaskRuntimeError } from "../../error.ts";
import type { JsonObject, JsonValue } from "../../protocol/generated.ts";
import type { HumanAnswer } from "../fixtures/fixtures.ts";
import { printable } from "../report/log_line.ts";
import { isJsonObject } from "../../protocol/json_value.ts";
import type { HitlRow } from "../store/store.ts";
import { readLines } from "../supervisor/line_reader.ts";
import { serializeTime } from "./serde.ts";

/** Asks a human; resolves to undefined when no human can be asked. */
export type AskHuman = (
  question: HitlRow,
  signal?: AbortSignal,
) => Promise<HumanAnswer | undefined>;

/** The terminal on which a question is asked. */
export interface QuestionTerminal {
  /** Writes a text. */
  readonly write: (text: string) => void;
  /** Yields the lines that the human types. */
  readonly lines: (signal?: AbortSignal) => AsyncIterable<string>;
}

/** The event that Airflow sends after a timeout without default options. */
const TIMEOUT_EVENT = {
  error: "The Human-in-the-loop response timeout has passed without a response.",
  error_type: "timeout",
};

/**
 * Checks that an answer of the fixtures fits the question.
 *
 * @throws {TaskRuntimeError} `INVALID`, naming the path in the file.
 */
export function checkAnswer(question: HitlRow, answer: HumanAnswer): void {
  const fault = answerFault(question, answer);
  if (fault === undefined) return;
  throw new TaskRuntimeError(
    "INVALID",
    `Cannot use the answer in answers.${question.taskId}.chosen_options: ${fault}`,
  );
}

/** The event that resumes a task with an answer. */
export function answerEvent(answer: HumanAnswer, timedOut = false): JsonObject {
  const { chosenOptions, paramsInput, respondedBy } = answer;
  return {
    chosen_options: chosenOptions,
    params_input: paramsInput,
    responded_at: serializeTime(Temporal.Now.instant()),
    responded_by_user: respondedBy === null ? null : { ...respondedBy },
    timedout: timedOut,
  };
}

/** The event that resumes a task after a timeout: the defaults, or an error without defaults. */
export function timeoutEvent(question: HitlRow): JsonObject {
  if (question.defaults === null) return TIMEOUT_EVENT;
  const params = Object.entries(question.params).map((entry): [string, JsonValue] => [
    entry[0],
    defaultOf(entry[1]),
  ]);
  return answerEvent(answerOf(question.defaults, params), true);
}

/** Asks on this process's terminal; resolves to undefined when there is no terminal. */
export const askOnTerminal: AskHuman = (question, signal) => {
  if (!Deno.stdin.isTerminal() || !Deno.stderr.isTerminal()) return Promise.resolve(undefined);
  const terminal: QuestionTerminal = {
    write: (text) => void Deno.stderr.writeSync(new TextEncoder().encode(text)),
    lines: (signal) => readLines(standardInput(), signal),
  };
  return promptHuman(terminal, question, signal);
};

/** Asks until the answer fits the question; resolves to undefined when the input ends first. */
export async function promptHuman(
  terminal: QuestionTerminal,
  question: HitlRow,
  signal?: AbortSignal,
): Promise<HumanAnswer | undefined> {
  const { subject, body, options, params, multiple } = question;
  const shown = [subject, ...(body === null ? [] : [body])].map((text) => printable(text, "\n"));
  const choices = options.map((option, index) => `  ${index + 1} ${printable(option)}`);
  const names = Object.keys(params);
  const prompt = `Number or name${multiple ? ", several with commas between" : ""}: `;
  terminal.write(`\n${[...shown, ...choices].join("\n")}\n${prompt}`);
  let chosen: string[] | undefined;
  const given: [string, JsonValue][] = [];
  for await (const line of terminal.lines(signal)) {
    if (chosen === undefined) {
      const answer = chosenOf(line, options);
      const fault = answerFault(question, answerOf(answer, []));
      if (fault !== undefined) {
        terminal.write(`${printable(fault)}\n${prompt}`);
        continue;
      }
      chosen = answer;
    } else given.push(paramOf(names[given.length] ?? "", line, params));
    const next = names[given.length];
    if (next === undefined) return answerOf(chosen, given);
    const preset = JSON.stringify(
      defaultOf(params[next] ?? null),
      (_key, value: unknown) => typeof value === "bigint" ? value.toString() : value,
    );
    terminal.write(`${printable(next)} [${printable(preset)}]: `);
  }
  return undefined;
}

/** The cause why an answer does not fit the question; undefined when it fits. */
function answerFault(question: HitlRow, answer: HumanAnswer): string | undefined {
  const { options, multiple } = question;
  const { chosenOptions } = answer;
  const unknown = chosenOptions.find((option) => !options.includes(option));
  if (unknown !== undefined) return `"${unknown}" must be one of ${options.join(", ")}`;
  if (chosenOptions.length === 0) return `choose one of ${options.join(", ")}`;
  return multiple || chosenOptions.length === 1 ? undefined : "only one option can be chosen";
}

/** Reads stdin without closing it, since another question may follow. */
function standardInput(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller): Promise<void> {
      const buffer = new Uint8Array(4096);
      const length = await Deno.stdin.read(buffer);
      if (length === null) controller.close();
      else controller.enqueue(buffer.subarray(0, length));
    },
  }, { highWaterMark: 0 });
}

function chosenOf(line: string, options: readonly string[]): string[] {
  const parts = line.split(",").map((part) => part.trim()).filter((part) => part !== "");
  return parts.map((part) => options.includes(part) ? part : options[Number(part) - 1] ?? part);
}

/** Reads a param: JSON, or else a text; an empty line takes the default. */
function paramOf(name: string, line: string, params: JsonObject): [string, JsonValue] {
  if (line.trim() === "") return [name, defaultOf(params[name] ?? null)];
  try {
    return [name, JSON.parse(line)];
  } catch {
    return [name, line];
  }
}

/** The default of a param: the plain value, or the `value` of its definition. */
function defaultOf(param: JsonValue): JsonValue {
  return isJsonObject(param) && param["value"] !== undefined ? param["value"] : param;
}

function answerOf(
  chosenOptions: readonly string[],
  params: readonly [string, JsonValue][],
): HumanAnswer {
  return { chosenOptions, paramsInput: Object.fromEntries(params), respondedBy: null };
}
