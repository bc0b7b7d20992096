/**
 * Asks the developer on the terminal what a task asks a human.
 *
 * @module
 */

import type { JsonObject, JsonValue } from "../../protocol/generated.ts";
import type { HumanAnswer } from "../fixtures/fixtures.ts";
import { answerFault, type Ask, valueOf } from "./human.ts";
import { readLines } from "../supervisor/line_reader.ts";
import { printable } from "../report/log_line.ts";
import type { HitlRow } from "../store/store.ts";

/** Where a question is shown and answered. */
export interface Terminal {
  /** Shows a text. */
  readonly write: (text: string) => void;
  /** The lines that are typed. */
  readonly lines: (signal?: AbortSignal) => AsyncIterable<string>;
}

/** Asks on this process's terminal; nobody when stdin or stderr is none. */
export const askOnTerminal: Ask = (question, signal) => {
  if (!Deno.stdin.isTerminal() || !Deno.stderr.isTerminal()) return Promise.resolve(undefined);
  const terminal: Terminal = {
    write: (text) => void Deno.stderr.writeSync(new TextEncoder().encode(text)),
    lines: (signal) => readLines(standardInput(), signal),
  };
  return ask(terminal, question, signal);
};

/** Asks until the answer fits; undefined when the typing ends first. */
export async function ask(
  terminal: Terminal,
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
      const fault = answerFault(question, fill(answer, []));
      if (fault !== undefined) {
        terminal.write(`${printable(fault)}\n${prompt}`);
        continue;
      }
      chosen = answer;
    } else given.push(paramOf(names[given.length] ?? "", line, params));
    const next = names[given.length];
    if (next === undefined) return fill(chosen, given);
    const preset = JSON.stringify(valueOf(params[next] ?? null), bigintText);
    terminal.write(`${printable(next)} [${printable(preset)}]: `);
  }
  return undefined;
}

/** The process's stdin stays open when a reader is done with it: another question may come. */
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
  return parts.map((part) => {
    if (options.includes(part)) return part;
    return options[Number(part) - 1] ?? part;
  });
}

/** What was typed for a param: JSON where it is, a text elsewhere, nothing for the preset. */
function paramOf(name: string, line: string, params: JsonObject): [string, JsonValue] {
  if (line.trim() === "") return [name, valueOf(params[name] ?? null)];
  try {
    return [name, JSON.parse(line)];
  } catch {
    return [name, line];
  }
}

function fill(
  chosenOptions: readonly string[],
  given: readonly [string, JsonValue][],
): HumanAnswer {
  return { chosenOptions, paramsInput: Object.fromEntries(given), respondedBy: null };
}

function bigintText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
