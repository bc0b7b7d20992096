/**
 * Writes the TypeScript types of the protocol.
 *
 * @module
 */
import { FIELDS, TYPES } from "./glossary.ts";
import type { Channel, Definition, Property, Protocol, Schema } from "./schema.ts";

/** The types of all definitions, and the unions of the channels. */
export function typeDeclarations(protocol: Protocol, newest: string): string {
  const parts: string[] = [];
  for (const definition of protocol.definitions.values()) {
    parts.push(new Declaration(protocol, definition, newest).text());
  }
  parts.push(
    union(protocol, "ToSupervisor", "The messages that a task may send to its supervisor."),
  );
  parts.push(union(protocol, "ToTask", "The messages that a supervisor may send to its task."));
  parts.push(
    union(protocol, "ToManager", "The messages that may be sent to the Dag processor's manager."),
  );
  parts.push(
    union(protocol, "ToDagProcessor", "The messages that the manager may send during a parse."),
  );
  return parts.join("\n\n");
}

function union(protocol: Protocol, channel: Channel, doc: string): string {
  const members = [...protocol.definitions.values()]
    .filter((definition) => definition.channels.has(channel))
    .map((definition) => definition.name);
  return `/** ${doc} */\nexport type ${channel} = | ${members.join(" | ")};`;
}

/** Documents a message in one line, by its name and direction. */
function messageDoc(definition: Definition): string {
  const known = MESSAGES[definition.name];
  if (known !== undefined) return known;
  const words = definition.name
    .replace(/^DR(?=C)/, "DagRun").replace(/TI(?=C|R|$)/, "TaskInstance")
    .replace(/(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, " ").toLowerCase()
    .replace(/x com/, "XCom").replace(/hitl/, "HITL").replace(/\bdag\b/g, "Dag");
  if (definition.channels.has("ToSupervisor")) return `Request: ${words}`;
  return `Reply: ${words.replace(/ (result|response)$/, "")}`;
}

const MESSAGES: Readonly<Record<string, string>> = {
  AwaitInputTask: "Suspends the task until a user responds",
  DagFileParseRequest: "First message of a parse: the file",
  DagFileParsingResult: "Last message of a parse: the Dags found",
  DeferTask: "Suspends the task until a Python trigger fires",
  ErrorResponse: "Error reply to a request",
  MaskSecret: "Masks a value in the task log",
  RescheduleTask: "Suspends the task until a later time",
  ResendLoggingFD: "Requests the log's file descriptor; unusable over TCP",
  RetryTask: "Terminates the try; another follows",
  SetExecutionTimeout: "Makes the supervisor terminate the task after a time",
  SkipDownstreamTasks: "Skips downstream tasks; a SucceedTask must follow",
  StartupDetails: "First message of a task: the task to run",
  SucceedTask: "Reports success",
  TaskState: "Reports failed, skipped or removed",
};

class Declaration {
  readonly #protocol: Protocol;
  readonly #definition: Definition;
  readonly #newest: string;

  constructor(protocol: Protocol, definition: Definition, newest: string) {
    this.#protocol = protocol;
    this.#definition = definition;
    this.#newest = newest;
  }

  text(): string {
    const { name, schema, properties, tagged } = this.#definition;
    const doc = `/** ${this.#doc()}${this.#since(this.#definition)}. */\n`;
    if (schema.properties === undefined) return `${doc}export type ${name} = ${this.#alias()};`;
    const tag = tagged ? `  /** ${FIELDS["type"]}. */\n  readonly type: "${name}";\n` : "";
    const fields = properties.map((property) => this.#field(property)).join("");
    return `${doc}export interface ${name} {\n${tag}${fields}}`;
  }

  #doc(): string {
    const { name, channels } = this.#definition;
    if (channels.size > 0) return messageDoc(this.#definition);
    const doc = TYPES[name];
    if (doc === undefined) throw new Error(`Cannot document ${name}: it is not in the glossary`);
    return doc;
  }

  #since({ isNew }: { readonly isNew: boolean }): string {
    return isNew ? `; since ${this.#newest}` : "";
  }

  #alias(): string {
    const { schema, outgoing } = this.#definition;
    const type = this.#type(schema);
    return schema.enum === undefined || outgoing
      ? type
      : `${type} | (string & Record<never, never>)`;
  }

  #field(property: Property): string {
    const { name, schema, required } = property;
    const doc = FIELDS[`${this.#definition.name}.${name}`] ?? FIELDS[name];
    if (doc === undefined) {
      throw new Error(
        `Cannot document ${this.#definition.name}.${name}: it is not in the glossary`,
      );
    }
    const unless = schema.default ?? null;
    const left = unless === null || schema.const !== undefined || required
      ? ""
      : `; ${JSON.stringify(unless)} when left out`;
    const type = this.#type(schema);
    const absent = (this.#definition.incoming && !/null$|^JsonValue$/.test(type) ? " | null" : "") +
      (this.#definition.outgoing ? " | undefined" : "");
    const declaration = required ? `${name}: ${type}` : `${name}?: ${type}${absent}`;
    return `  /** ${doc}${left}${this.#since(property)}. */\n  readonly ${declaration};\n`;
  }

  #type(schema: Schema): string {
    if (schema.$ref !== undefined) return this.#reference(schema.$ref);
    const union = schema.anyOf ?? schema.oneOf;
    if (union !== undefined) {
      const types = new Set(union.map((each) => this.#type(each)));
      if (types.has("JsonValue")) types.delete("null");
      return [...types].join(" | ");
    }
    if (schema.const !== undefined) return JSON.stringify(schema.const);
    if (schema.enum !== undefined) {
      return schema.enum.map((word) => JSON.stringify(word)).join(" | ");
    }
    switch (schema.type) {
      case "string":
        return this.#string(schema);
      case "integer":
      case "number":
        return "number";
      case "boolean":
        return "boolean";
      case "null":
        return "null";
      case "array":
        return this.#array(schema);
      case "object":
        return this.#object(schema);
    }
    return "JsonValue";
  }

  #reference(ref: string): string {
    const name = ref.replace("#/$defs/", "");
    return name === "ArgValueSchema" ? "JsonObject" : name;
  }

  #string(schema: Schema): string {
    if (schema.format === "date-time") {
      if (!this.#definition.incoming) return "DateTime";
      if (!this.#definition.outgoing) return "Temporal.Instant";
      throw new Error(`Cannot type ${this.#definition.name}: a time that goes both ways`);
    }
    return schema.format === "duration" ? "WireDuration" : "string";
  }

  #array(schema: Schema): string {
    if (schema.prefixItems !== undefined) {
      return `readonly [${schema.prefixItems.map((each) => this.#type(each)).join(", ")}]`;
    }
    const items = this.#type(schema.items ?? {});
    return items.includes(" ") ? `readonly (${items})[]` : `readonly ${items}[]`;
  }

  #object(schema: Schema): string {
    const of = schema.additionalProperties;
    const values = typeof of === "object" ? this.#type(of) : "JsonValue";
    return values.startsWith("JsonValue") ? "JsonObject" : `{ readonly [key: string]: ${values} }`;
  }
}
