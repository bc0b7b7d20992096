/**
 * The definitions of messages, read from the generated table, each line when it is first needed.
 *
 * A line is `flags field field …`. A field is its name, then `=` if it is required, `~` if it is
 * optional, `@` if it is optional and only in the newest schema version, then its shape. A name alone
 * is short for `name=s`, `name~` for `name~?s`, and `&Other` for all fields of Other:
 *
 * | shape | meaning |
 * |---|---|
 * | `s` `i` `n` `p` `b` | string, safe integer, finite number, positive number, boolean |
 * | `d` `t` `u` | point in time, length of time, UUID |
 * | `j` `o` | JSON value, JSON object |
 * | `?A` | A or null |
 * | `*A` `+A` `{A` | array of A, the same with at least one, object with values A |
 * | `|AB` `:AB` | A or B, pair of A and B |
 * | `'a,b'` | one of these words |
 * | `<Name>` | another definition |
 *
 * Flags: `s` `t` `m` `p` are members of ToSupervisor, ToTask, ToManager, ToDagProcessor; `c` has its
 * name in `type`, as members do, without being one; `x`: Airflow refuses unknown keys; `n`: only in the
 * newest schema version.
 *
 * @module
 */
import { TABLE } from "./generated_table.ts";

/** The shape of a value; the letters are explained above. */
export type Shape =
  | { readonly kind: "s" | "i" | "n" | "p" | "b" | "d" | "t" | "u" | "j" | "o" }
  | { readonly kind: "?" | "*" | "+" | "{"; readonly of: Shape }
  | { readonly kind: "|" | ":"; readonly left: Shape; readonly right: Shape }
  | { readonly kind: "'"; readonly words: readonly string[] }
  | { readonly kind: "<"; readonly name: string };

/** A field of a message, or of an object in one. */
export interface Field {
  /** Its name on the wire. */
  readonly name: string;
  /** True for a required field. */
  readonly required: boolean;
  /** True for a field that is only in the newest schema version. */
  readonly isNew: boolean;
  /** The shape of its value. */
  readonly shape: Shape;
}

/** The definition of a message, or of an object in one. */
export interface Definition {
  /** Its name in Airflow's schema. */
  readonly name: string;
  /** The flags of its line. */
  readonly flags: string;
  /** True if its field `type` holds its name. */
  readonly isTagged: boolean;
  /** Its fields by name. */
  readonly fields: ReadonlyMap<string, Field>;
  /** The number of required fields. */
  readonly requiredCount: number;
}

/** The characters between the name of a field and its shape. */
const SIGNS = ["=", "~", "@"];
/** The flags of a definition with its name in `type`; one of them comes first. */
const TAGGED = "stmpc";

const definitions = new Map<string, Definition>();
/** Shapes by their texts, because most of them are in many lines. */
const shapes = new Map<string, Shape>();

/** Returns the definition of a name; undefined when the schema has none. */
export function findDefinition(name: string): Definition | undefined {
  const known = definitions.get(name);
  if (known !== undefined) return known;
  const line = Object.hasOwn(TABLE, name) ? TABLE[name] : undefined;
  if (line === undefined) return undefined;
  const definition = parseLine(name, line);
  definitions.set(name, definition);
  return definition;
}

/** Returns the definition that a shape `<Name>` refers to. The generator makes sure that it exists. */
export function resolve(shape: { readonly kind: "<"; readonly name: string }): Definition {
  const definition = findDefinition(shape.name);
  if (definition === undefined) throw new Error(`Cannot find ${shape.name} in the table`);
  return definition;
}

function parseLine(name: string, line: string): Definition {
  const [flags = "", ...texts] = line.split(" ");
  const fields = new Map<string, Field>();
  for (const text of texts) {
    const added = text.startsWith("&")
      ? resolve({ kind: "<", name: text.slice(1) }).fields.values()
      : [parseField(text)];
    for (const field of added) fields.set(field.name, field);
  }
  const requiredCount = [...fields.values()].filter((field) => field.required).length;
  return {
    name,
    flags,
    isTagged: flags !== "" && TAGGED.includes(flags.charAt(0)),
    fields,
    requiredCount,
  };
}

/** Reads a field without a regular expression, whose compilation takes longer than the line. */
function parseField(text: string): Field {
  const at = indexOfSign(text);
  const name = text.slice(0, at);
  const required = at === text.length || text[at] === "=";
  const shape = text.slice(at + 1) || (required ? "s" : "?s");
  return { name, required, isNew: text[at] === "@", shape: readShape(shape) };
}

function readShape(text: string): Shape {
  let shape = shapes.get(text);
  if (shape === undefined) {
    shape = new ShapeReader(text).read();
    shapes.set(text, shape);
  }
  return shape;
}

/**
 * Returns the index of the sign after the name, or the end. A loop over the characters would run so
 * often that V8 optimizes it in every task, which takes 3 MiB and a thread.
 */
function indexOfSign(text: string): number {
  let first = text.length;
  for (const sign of SIGNS) {
    const at = text.indexOf(sign);
    if (at !== -1 && at < first) first = at;
  }
  return first;
}

class ShapeReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Shape {
    const kind = this.#text[this.#at++];
    switch (kind) {
      case "s":
      case "i":
      case "n":
      case "p":
      case "b":
      case "d":
      case "t":
      case "u":
      case "j":
      case "o":
        return { kind };
      case "?":
      case "*":
      case "+":
      case "{":
        return { kind, of: this.read() };
      case "|":
      case ":":
        return { kind, left: this.read(), right: this.read() };
      case "'":
        return { kind, words: this.#until("'").split(",") };
      case "<":
        return { kind, name: this.#until(">") };
    }
    throw new Error(`Cannot read the table: "${this.#text}" at ${this.#at - 1}`);
  }

  #until(end: string): string {
    const start = this.#at;
    const stop = this.#text.indexOf(end, start);
    this.#at = stop + 1;
    return this.#text.slice(start, stop);
  }
}
