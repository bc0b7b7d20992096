/**
 * The command line's door: flags and positionals, checked.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import type { SchemaDate } from "../protocol/generated.ts";
import { SCHEMA_DATES } from "../protocol/generated_table.ts";
import { UsageError } from "./usage_error.ts";

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
