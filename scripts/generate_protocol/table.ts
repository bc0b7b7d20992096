/**
 * Writes the table by which messages are checked at run time: one short string for each definition,
 * because every bundle contains it. `src/protocol/definition.ts` describes the grammar.
 *
 * @module
 */
import type { Channel, Definition, Property, Protocol, Schema } from "./schema.ts";

const CHANNEL_FLAGS: Readonly<Record<Channel, string>> = {
  ToSupervisor: "s",
  ToTask: "t",
  ToManager: "m",
  ToDagProcessor: "p",
};

/** The table's lines, by name of the definition. */
export function tableLines(protocol: Protocol): Map<string, string> {
  const written = new Map<string, ReadonlySet<string>>();
  for (const definition of protocol.definitions.values()) {
    // Enums and unions are written out where they are used.
    if (definition.schema.properties === undefined) continue;
    const writer = new Writer(protocol, definition);
    const fields = definition.properties.map((property) => writer.field(property));
    written.set(definition.name, new Set(fields));
  }
  const lines = new Map<string, string>();
  for (const [name, fields] of written) {
    const definition = protocol.definitions.get(name);
    if (definition === undefined) continue;
    lines.set(name, [flags(definition), ...abridge(name, fields, written)].join(" "));
  }
  return lines;
}

/** Replaces the fields that another definition has as well by the name of that definition. */
function abridge(
  name: string,
  fields: ReadonlySet<string>,
  all: ReadonlyMap<string, ReadonlySet<string>>,
): string[] {
  const length = (some: Iterable<string>): number => [...some].join(" ").length;
  let best = { saved: 0, fields: [...fields] };
  for (const [other, theirs] of all) {
    const comesBefore = theirs.size < fields.size || (theirs.size === fields.size && other < name);
    if (!comesBefore || !theirs.isSubsetOf(fields)) continue;
    const rest = [`&${other}`, ...fields.difference(theirs)];
    const saved = length(fields) - length(rest);
    if (saved > best.saved) best = { saved, fields: rest };
  }
  return best.fields;
}

function flags(definition: Definition): string {
  const channels = [...definition.channels].map((channel) => CHANNEL_FLAGS[channel]);
  const tag = definition.tagged && channels.length === 0 ? "c" : "";
  return channels.join("") + tag + (definition.strict ? "x" : "") + (definition.isNew ? "n" : "");
}

const STRINGS: Readonly<Record<string, string>> = {
  "date-time": "d",
  duration: "t",
  path: "s",
  uuid: "u",
};

class Writer {
  readonly #protocol: Protocol;
  readonly #definition: Definition;

  constructor(protocol: Protocol, definition: Definition) {
    this.#protocol = protocol;
    this.#definition = definition;
  }

  /** A field: a bare name is a string that must be there, `name~` one that may be null or absent. */
  field({ name, schema, required, isNew }: Property): string {
    const shape = this.write(schema);
    if (required) return shape === "s" ? name : `${name}=${shape}`;
    return `${name}${isNew ? "@" : "~"}${shape === "?s" ? "" : shape}`;
  }

  write(schema: Schema): string {
    if (schema.$ref !== undefined) return this.#reference(schema.$ref);
    if (schema.anyOf !== undefined) return this.#union(schema.anyOf);
    if (schema.oneOf !== undefined) return this.#union(schema.oneOf);
    if (schema.const !== undefined) return this.#literal([schema.const]);
    if (schema.enum !== undefined) return this.#literal(schema.enum);
    switch (schema.type) {
      case "string":
        return this.#string(schema);
      case "integer":
        return this.#number(schema, "i");
      case "number":
        return this.#number(schema, "n");
      case "boolean":
        return "b";
      case "array":
        return this.#array(schema);
      case "object":
        return this.#object(schema);
      case undefined:
        return "j";
    }
    throw this.#refusal(schema);
  }

  #reference(ref: string): string {
    const name = ref.replace("#/$defs/", "");
    if (name === "JsonValue") return "j";
    if (name === "ArgValueSchema") return "o";
    const definition = this.#protocol.definitions.get(name);
    if (definition === undefined) throw this.#refusal({ $ref: ref });
    return definition.schema.properties === undefined ? this.write(definition.schema) : `<${name}>`;
  }

  #union(schemas: readonly Schema[]): string {
    const some = schemas.filter((schema) => schema.type !== "null");
    const written = some.map((schema) => this.write(schema));
    const [last = "", ...before] = written.reverse();
    const union = before.reduce((right, left) => `|${left}${right}`, last);
    // A JSON value may be null anyway.
    return some.length < schemas.length && union !== "j" ? `?${union}` : union;
  }

  /** Accepts any string in incoming messages, since newer Airflow releases may add words. */
  #literal(words: readonly string[]): string {
    if (!this.#definition.outgoing && words.length > 1) return "s";
    return `'${words.join(",")}'`;
  }

  #string(schema: Schema): string {
    if (schema.format === undefined) return "s";
    const code = STRINGS[schema.format];
    if (code === undefined) throw this.#refusal(schema);
    return code;
  }

  #number(schema: Schema, code: "i" | "n"): string {
    if (!this.#definition.outgoing) return code;
    if (schema.minimum === undefined && schema.exclusiveMinimum === undefined) return code;
    if (code === "n" && schema.exclusiveMinimum === 0 && schema.minimum === undefined) return "p";
    throw this.#refusal(schema);
  }

  #array(schema: Schema): string {
    const pair = schema.prefixItems;
    if (pair !== undefined) {
      const [first, second] = pair;
      if (pair.length !== 2 || first === undefined || second === undefined) {
        throw this.#refusal(schema);
      }
      return `:${this.write(first)}${this.write(second)}`;
    }
    if (schema.minItems !== undefined && schema.minItems !== 1) throw this.#refusal(schema);
    return `${schema.minItems === 1 ? "+" : "*"}${this.write(schema.items ?? {})}`;
  }

  #object(schema: Schema): string {
    const of = schema.additionalProperties;
    if (of === true) return "o";
    if (typeof of !== "object") throw this.#refusal(schema);
    const values = this.write(of);
    return values === "j" ? "o" : `{${values}`;
  }

  #refusal(schema: Schema): Error {
    const text = JSON.stringify(schema);
    return new Error(`Cannot write ${this.#definition.name}: no code in the table for ${text}`);
  }
}
