/**
 * What `COMMAND --help` prints, from the list that the command is parsed by.
 *
 * @module
 */
import type { CommandLine } from "./options.ts";

/** Lines are to fit a terminal of so many columns. */
const WIDTH = 100;

/** What the help of a command says beside its options. */
export interface HelpParts {
  /** The command with the program's name before it. */
  readonly name: string;
  /** What it does, in a line. */
  readonly does: string;
  /** What stands after the name, a line each way of calling it. */
  readonly usage: readonly string[];
  /** More of it: paragraphs, wrapped here. */
  readonly about?: readonly string[];
  /** What it takes. */
  readonly line: CommandLine;
  /** What its exit codes mean; 2 is a wrong usage throughout. */
  readonly exitCodes: string;
}

/** Writes the help of a command. */
export function writeHelp(parts: HelpParts): string {
  const usage = parts.usage.map((each) => `  ${parts.name} ${each}\n`).join("");
  const about = (parts.about ?? []).map((text) => `\n${wrap(text, 2)}`).join("");
  const options = parts.line.options.length === 0 ? "" : `\nOptions:\n${optionLines(parts.line)}`;
  return `${parts.name}: ${parts.does}\n\nUsage:\n${usage}${about}${options}\n` +
    wrap(`Exit codes: ${parts.exitCodes}, 2 wrong usage.`, 0);
}

function optionLines({ options }: CommandLine): string {
  const heads = options.map(({ name, value }) => value === undefined ? name : `${name} ${value}`);
  const column = Math.max(...heads.map((head) => head.length)) + 6;
  return options.map(({ about }, i) => {
    const head = `  --${heads[i]}`.padEnd(column);
    return head + wrap(about, column).trimStart();
  }).join("");
}

/** Breaks a text into lines that begin `indent` columns in; breaks of its own stay. */
function wrap(text: string, indent: number): string {
  const margin = " ".repeat(indent);
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = margin;
    for (const word of paragraph.split(" ")) {
      if (line !== margin && line.length + 1 + word.length > WIDTH) {
        lines.push(line);
        line = margin;
      }
      line += line === margin ? word : ` ${word}`;
    }
    lines.push(line);
  }
  return lines.map((line) => `${line.trimEnd()}\n`).join("");
}
