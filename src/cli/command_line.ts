/**
 * The interface of a command: its options, their parser, and its help text.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { TaskRuntimeError } from "../error.ts";
import type { SchemaVersion } from "../protocol/generated.ts";
import { SCHEMA_VERSIONS } from "../protocol/generated_table.ts";

/** The program's name. */
export const PROGRAM = "airflow-task-runtime";

/** A command of the program. */
export interface Command {
  /** Its purpose, in one line of the program's help. */
  readonly summary: string;
  /** The text that `--help` prints. */
  readonly help: string;
  /** Its options and arguments. */
  readonly line: CommandLine;
  /** Runs it and returns the exit code: 0 for success, 1 for failure. */
  run(args: readonly string[]): Promise<number>;
}

/** The commands by name, each loaded on demand. */
export type CommandTable = Readonly<Record<string, () => Promise<Command>>>;

/** The completions of a shell: files, folders, or these words. */
export type ShellCompletion = "file" | "folder" | readonly string[];

/** An option of a command. */
export interface Option {
  /** Its name without the dashes. */
  readonly name: string;
  /** The placeholder for its value, e.g. `"FILE"`; undefined for a flag. */
  readonly value?: string;
  /** True if it can be given several times. */
  readonly repeatable?: boolean;
  /** Its description; shells show the first clause. */
  readonly about: string;
  /** The completions for its value; files by default. */
  readonly complete?: ShellCompletion;
}

/** The options and arguments of a command, for its parser, its help and its completions. */
export interface CommandLine {
  /** Its options, without `--help`. */
  readonly options: readonly Option[];
  /** The minimum and maximum number of positional arguments. */
  readonly positionals: readonly [least: number, most: number];
  /** The completions for the positional arguments; files by default. */
  readonly complete?: ShellCompletion;
}

/** The option that every command has. */
export const HELP_OPTION: Option = { name: "help", about: "print this help" };

/** The parsed arguments of a command. */
export interface Options {
  /** Returns true if a flag was given. */
  flag(name: string): boolean;
  /** Returns the value of an option; undefined if it was not given. */
  value(name: string): string | undefined;
  /** Returns the values of a repeatable option. */
  list(name: string): readonly string[];
  /** The positional arguments. */
  readonly positionals: readonly string[];
}

/** An invalid command line, for which the exit code is 2. */
export class UsageError extends TaskRuntimeError {
  override readonly name: string = "UsageError";

  /** `command` is the name of the command with the program's name before it. */
  constructor(command: string, reason: string) {
    super("INVALID", `Cannot run "${command}": ${reason}. See "${command} --help"`);
  }
}

/**
 * Parses the arguments of a command, which may include `--help`.
 *
 * @throws {UsageError} for an unknown option, an option without a value, or a wrong number of
 * positional arguments
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
    // With "_", a positional argument like 007 stays a string.
    string: ["_", ...values, ...lists],
    collect: [...lists],
    unknown(arg, key) {
      if (key === undefined || !arg.startsWith("-") || arg === "-") return true;
      throw new UsageError(command, `option ${arg.split("=", 1)[0]} does not exist`);
    },
  });
  const held = new Map<string, unknown>(Object.entries(parsed));
  const positionals = parsed._.map(String);
  for (const name of [...values, ...lists]) {
    if ([held.get(name)].flat().includes("")) {
      throw new UsageError(command, `option --${name} needs a value`);
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
 * Returns the schema version of the option `--schema`; undefined if it was not given.
 *
 * @throws {UsageError} for a version that this runtime does not support
 */
export function schemaVersion(
  command: string,
  version: string | undefined,
): SchemaVersion | undefined {
  if (version === undefined) return undefined;
  const known = SCHEMA_VERSIONS.find((each) => each === version);
  if (known !== undefined) return known;
  throw new UsageError(command, `--schema must be ${SCHEMA_VERSIONS.join(" or ")}, got ${version}`);
}

function text(value: unknown): string | undefined {
  // The last value of a repeated option counts, as in most programs.
  const last = Array.isArray(value) ? value.at(-1) : value;
  return typeof last === "string" ? last : undefined;
}

/** The width of a help text, in columns. */
const WIDTH = 100;

/** The parts of a help text. */
export interface HelpParts {
  /** The name of the command with the program's name before it. */
  readonly name: string;
  /** Its purpose, in one line. */
  readonly does: string;
  /** The arguments after the name; one entry for each way to call the command. */
  readonly usage: readonly string[];
  /** Paragraphs of the description. */
  readonly about?: readonly string[];
  /** Its options and arguments. */
  readonly line: CommandLine;
  /** The meaning of the exit codes 0 and 1. */
  readonly exitCodes: string;
}

/** Returns the help text of a command. */
export function writeHelp(parts: HelpParts): string {
  const usage = parts.usage.map((each) => `  ${parts.name} ${each}\n`).join("");
  const about = (parts.about ?? []).map((text) => `\n${wrap(text, 2)}`).join("");
  const options = parts.line.options.length === 0 ? "" : `\nOptions:\n${optionLines(parts.line)}`;
  return `${parts.name}: ${parts.does}\n\nUsage:\n${usage}${about}${options}\n` +
    wrap(`Exit codes: ${parts.exitCodes}, 2 invalid usage.`, 0);
}

function optionLines({ options }: CommandLine): string {
  const heads = options.map(({ name, value }) => value === undefined ? name : `${name} ${value}`);
  const column = Math.max(...heads.map((head) => head.length)) + 6;
  return options.map(({ about }, i) => {
    const head = `  --${heads[i]}`.padEnd(column);
    return head + wrap(about, column).trimStart();
  }).join("");
}

/** Breaks a text into indented lines, and keeps its own line breaks. */
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
