/**
 * Airflow's JSON schema of the supervisor protocol, two versions merged.
 *
 * @module
 */
import { DISTRIBUTIONS, type Sources } from "./distribution.ts";

/** The part of JSON Schema that Airflow uses. */
export interface Schema {
  readonly $ref?: string;
  readonly additionalProperties?: boolean | Schema;
  readonly anyOf?: readonly Schema[];
  readonly const?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly exclusiveMinimum?: number;
  readonly format?: string;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly oneOf?: readonly Schema[];
  readonly prefixItems?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly type?: string | readonly string[];
}

/** The channels a message may travel on; the letter stands for it in the generated table. */
export type Channel = "ToSupervisor" | "ToTask" | "ToManager" | "ToDagProcessor";

/** A property of a definition. */
export interface Property {
  /** Its name on the wire. */
  readonly name: string;
  /** Its schema in the newest version that has it. */
  readonly schema: Schema;
  /** True if every schema version requires it. */
  readonly required: boolean;
  /** True if only the newest version has it. */
  readonly isNew: boolean;
}

/** A definition, both versions merged. */
export interface Definition {
  /** Its name in the schema. */
  readonly name: string;
  /** Its schema in the newest version. */
  readonly schema: Schema;
  /** Its properties, without the `type` that repeats the name. */
  readonly properties: readonly Property[];
  /** True if it has its own name in `type`. */
  readonly tagged: boolean;
  /** True if Airflow rejects unknown keys. */
  readonly strict: boolean;
  /** True if only the newest version has it. */
  readonly isNew: boolean;
  /** Channels it is a message of. */
  readonly channels: ReadonlySet<Channel>;
  /** True if it can go from the runtime to Airflow. */
  readonly outgoing: boolean;
  /** True if it can come from Airflow to the runtime. */
  readonly incoming: boolean;
}

/** The protocol, both versions merged. */
export interface Protocol {
  /** SHA-256 of each schema.json, oldest first. */
  readonly digests: readonly string[];
  /** Definitions by name, sorted. */
  readonly definitions: ReadonlyMap<string, Definition>;
}

/**
 * Members of the Dag processor's unions, from `airflow/dag_processing/processor.py` of 3.4: that
 * file is in apache-airflow-core, too large a download for two lists.
 */
const DAG_CHANNEL: Readonly<Record<"ToManager" | "ToDagProcessor", readonly string[]>> = {
  ToManager: [
    ..."DagFileParsingResult GetConnection GetVariable GetVariableKeys PutVariable".split(" "),
    ..."GetTaskStates GetTICount DeleteVariable GetPrevSuccessfulDagRun".split(" "),
    ..."GetPreviousDagRun GetPreviousTI GetXCom GetXComCount GetXComSequenceItem".split(" "),
    ..."GetXComSequenceSlice MaskSecret".split(" "),
  ],
  ToDagProcessor: [
    ..."DagFileParseRequest ConnectionResult VariableResult VariableKeysResult".split(" "),
    ..."TaskStatesResult PreviousDagRunResult PreviousTIResult".split(" "),
    ..."PrevSuccessfulDagRunResult ErrorResponse OKResponse XComCountResponse".split(" "),
    ..."XComResult XComSequenceIndexResult XComSequenceSliceResult".split(" "),
  ],
};

interface SchemaFile {
  readonly api_version: string;
  readonly $defs: Readonly<Record<string, Schema>>;
}

function isSchemaFile(value: unknown): value is SchemaFile {
  return typeof value === "object" && value !== null && "api_version" in value &&
    "$defs" in value && typeof value.$defs === "object" && value.$defs !== null;
}

function parseSchema(text: string, date: string): SchemaFile {
  const value: unknown = JSON.parse(text);
  if (!isSchemaFile(value)) {
    throw new Error("Cannot read schema.json: api_version or $defs missing");
  }
  if (value.api_version !== date) {
    throw new Error(`Cannot use schema.json: its api_version is ${value.api_version}, not ${date}`);
  }
  return value;
}

/** Reads the members of a union out of comms.py. */
function members(comms: string, union: string): string[] {
  const body = comms.match(new RegExp(`^${union} = Annotated\\[([^]*?)\\n    Field\\(`, "m"))?.[1];
  const names = body?.match(/\w+/g);
  if (!names) throw new Error(`Cannot find the members of ${union} in comms.py`);
  return names;
}

/** Merges the schemas of the two distributions. */
export async function mergeProtocol(sources: readonly [Sources, Sources]): Promise<Protocol> {
  const [older, newer] = [
    parseSchema(sources[0].schema, DISTRIBUTIONS[0].date).$defs,
    parseSchema(sources[1].schema, DISTRIBUTIONS[1].date).$defs,
  ];
  for (const name of Object.keys(older)) {
    if (!(name in newer)) throw new Error(`Cannot merge schemas: ${name} was removed`);
  }
  const comms = sources[1].comms;
  const channels: Record<Channel, readonly string[]> = {
    ToSupervisor: members(comms, "ToSupervisor"),
    ToTask: members(comms, "ToTask"),
    ...DAG_CHANNEL,
  };
  for (const union of ["ToSupervisor", "ToTask"] as const) {
    const before = members(sources[0].comms, union);
    const lost = before.filter((name) => !channels[union].includes(name));
    if (lost.length > 0) throw new Error(`Cannot merge schemas: ${union} lost ${lost}`);
    const added = channels[union].filter((name) => !before.includes(name) && name in older);
    if (added.length > 0) throw new Error(`Cannot merge schemas: ${union} gained ${added}`);
  }
  const outgoing = reachable(newer, [...channels.ToSupervisor, ...channels.ToManager]);
  const incoming = reachable(newer, [...channels.ToTask, ...channels.ToDagProcessor]);
  const definitions = new Map<string, Definition>();
  for (const name of [...new Set([...outgoing, ...incoming])].sort()) {
    const at = (union: Channel): boolean => channels[union].includes(name);
    const unions = (["ToSupervisor", "ToTask", "ToManager", "ToDagProcessor"] as const).filter(at);
    definitions.set(name, {
      ...mergeDefinition(name, older[name], lookUp(newer, name), outgoing.has(name)),
      channels: new Set(unions),
      outgoing: outgoing.has(name),
      incoming: incoming.has(name),
    });
  }
  return { digests: await Promise.all(sources.map((each) => sha256(each.schema))), definitions };
}

type Merged = Omit<Definition, "channels" | "outgoing" | "incoming">;

function mergeDefinition(
  name: string,
  older: Schema | undefined,
  newer: Schema,
  outgoing: boolean,
): Merged {
  const properties: Property[] = [];
  let tagged = false;
  for (const [key, schema] of Object.entries(newer.properties ?? {})) {
    if (key === "type" && schema.const === name) {
      tagged = true;
      continue;
    }
    const before = older?.properties?.[key];
    if (older !== undefined && before !== undefined && outgoing && !sameShape(before, schema)) {
      throw new Error(`Cannot merge schemas: ${name}.${key}, which we send, changed its type`);
    }
    const required = (newer.required ?? []).includes(key) &&
      (older === undefined || (older.required ?? []).includes(key));
    const isNew = older !== undefined && before === undefined;
    properties.push({ name: key, schema, required, isNew });
  }
  for (const key of Object.keys(older?.properties ?? {})) {
    if (!(key in (newer.properties ?? {}))) {
      throw new Error(`Cannot merge schemas: ${name}.${key} was removed`);
    }
  }
  // Required fields come first, because readers look for them and checks begin with them.
  properties.sort((a, b) => Number(b.required) - Number(a.required));
  const strict = newer.additionalProperties === false;
  return { name, schema: newer, properties, tagged, strict, isNew: older === undefined };
}

function sameShape(a: Schema, b: Schema): boolean {
  const bare = (schema: Schema): string =>
    JSON.stringify(
      schema,
      (key, value) => key === "title" || key === "description" ? undefined : value,
    );
  return bare(a) === bare(b);
}

function reachable(defs: SchemaFile["$defs"], roots: readonly string[]): Set<string> {
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name) || name === "JsonValue" || name === "ArgValueSchema") return;
    found.add(name);
    const refs = JSON.stringify(lookUp(defs, name)).matchAll(/"#\/\$defs\/(\w+)"/g);
    for (const [, ref] of refs) if (ref !== undefined) visit(ref);
  };
  roots.forEach(visit);
  return found;
}

function lookUp(defs: SchemaFile["$defs"], name: string): Schema {
  const schema = defs[name];
  if (schema === undefined) throw new Error(`Cannot find ${name} in the schema`);
  return schema;
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toHex();
}
