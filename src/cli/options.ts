/**
 * The command line's door: flags and positionals, checked.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import type { SchemaDate } from "../protocol/generated.ts";
import { SCHEMA_DATES } from "../protocol/generated_table.ts";
import { UsageError } from "./usage_error.ts";

/** What a command takes. */
export interface OptionSpec {
  /** Names of flags without a value. */
  readonly flags?: readonly string[];
  /** Names of options with a value. */
  readonly values?: readonly string[];
  /** Names of options that may be given several times. */
  readonly lists?: readonly string[];
  /** How many positionals there may be, at least and at most. */
  readonly positionals: readonly [least: number, most: number];
}

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
  spec: OptionSpec,
): Options {
  const { flags = [], values = [], lists = [] } = spec;
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
  const [least, most] = spec.positionals;
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
