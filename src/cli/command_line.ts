/**
 * The interface of a command: its options, their parser, and its help text.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { TaskRuntimeError } from "../error.ts";
import type { SchemaDate } from "../protocol/generated.ts";
import { SCHEMA_DATES } from "../protocol/generated_table.ts";

/** The program's name. */
export const PROGRAM = "airflow-task-runtime";

/** One command of the program. */
export interface Command {
  /** Its purpose, in one line. */
  readonly summary: string;
  /** The text that `--help` prints. */
  readonly help: string;
  /** Its options and arguments. */
  readonly line: CommandLine;
  /** Runs it; resolves to the exit code: 0 done, 1 failed. */
  run(args: readonly string[]): Promise<number>;
}

/** The commands by name, each loaded when it is called. */
export type CommandTable = Readonly<Record<string, () => Promise<Command>>>;

/** What a shell proposes: names of files, of folders, or these words. */
export type Completion = "file" | "folder" | readonly string[];

/** One option of a command. */
export interface Option {
  /** Its name, without the dashes. */
  readonly name: string;
  /** What the help calls its value, e.g. `"FILE"`; a flag has none. */
  readonly value?: string;
  /** Whether it may be given several times. */
  readonly repeatable?: boolean;
  /** What it is for, as the help tells it; its first words are what a shell shows beside it. */
  readonly about: string;
  /** What a shell proposes for its value; file names by default. */
  readonly complete?: Completion;
}

/** What a command takes: the one list from which it is parsed, helped and completed. */
export interface CommandLine {
  /** Its options; `--help` is always among them. */
  readonly options: readonly Option[];
  /** How many arguments without a name there may be, at least and at most. */
  readonly positionals: readonly [least: number, most: number];
  /** What a shell proposes for them; file names by default. */
  readonly complete?: Completion;
}

/** The option that every command has. */
export const HELP_OPTION: Option = { name: "help", about: "tells more" };

/** What was given. */
export interface Options {
  /** Whether a flag was given. */
  flag(name: string): boolean;
  /** The value of an option; undefined when it was not given. */
  value(name: string): string | undefined;
  /** The values of an option that may be repeated. */
  list(name: string): readonly string[];
  /** What stands without a name, in order, as text. */
  readonly positionals: readonly string[];
}

/** The command line is wrong: the exit code is 2. */
export class UsageError extends TaskRuntimeError {
  override readonly name: string = "UsageError";

  /** `command` cannot be run for that reason; its `--help` tells more. */
  constructor(command: string, reason: string) {
    super("INVALID", `Cannot run "${command}": ${reason}; see "${command} --help"`);
  }
}

/**
 * Parses the arguments of a command; `--help` is always among the flags.
 *
 * @throws {UsageError} for an unknown option, an option without its value, or the wrong number of
 * positionals
 */
export function parseOptions(
  command: string,
  args: readonly string[],
  line: CommandLine,
): Options {
  const named = (wanted: (option: Option) => boolean): string[] =>
    line.options.filter(wanted).map(({ name }) => name);
  const flags = named(({ value }) => value === undefined);
  const values = named(({ value, repeatable }) => value !== undefined && repeatable !== true);
  const lists = named(({ value, repeatable }) => value !== undefined && repeatable === true);
  const parsed = parseArgs([...args], {
    boolean: ["help", ...flags],
    // "_" keeps a positional like 007 from becoming a number.
    string: ["_", ...values, ...lists],
    collect: [...lists],
    unknown(arg, key) {
      if (key === undefined || !arg.startsWith("-") || arg === "-") return true;
      throw new UsageError(command, `it has no option ${arg.split("=", 1)[0]}`);
    },
  });
  const held = new Map<string, unknown>(Object.entries(parsed));
  const positionals = parsed._.map(String);
  for (const name of [...values, ...lists]) {
    if ([held.get(name)].flat().includes("")) {
      throw new UsageError(command, `--${name} lacks its value`);
    }
  }
  const [least, most] = line.positionals;
  if (held.get("help") !== true && (positionals.length < least || positionals.length > most)) {
    throw new UsageError(
      command,
      positionals.length < least ? "an argument is missing" : "too many arguments",
    );
  }
  return {
    flag: (name) => held.get(name) === true,
    value: (name) => text(held.get(name)),
    list: (name) => [held.get(name) ?? []].flat().map(String),
    positionals,
  };
}

/**
 * The schema date of that text; undefined where none was given.
 *
 * @throws {UsageError} for a date that this runtime does not speak
 */
export function schemaDate(command: string, date: string | undefined): SchemaDate | undefined {
  if (date === undefined) return undefined;
  const known = SCHEMA_DATES.find((one) => one === date);
  if (known !== undefined) return known;
  throw new UsageError(command, `--schema is ${SCHEMA_DATES.join(" or ")}, not ${date}`);
}

function text(value: unknown): string | undefined {
  // An option given twice: the last one counts, as with most programs.
  const last = Array.isArray(value) ? value.at(-1) : value;
  return typeof last === "string" ? last : undefined;
}

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
