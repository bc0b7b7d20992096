/**
 * The schemas that a handler declares: they check its arguments and its result, and list its
 * parameters.
 *
 * @module
 */
import { isSensitiveName, MASK, MIN_SECRET_LENGTH } from "../../protocol/secret_name.ts";
import type { SchemaIssue, StandardSchema } from "../../sdk/standard_schema.ts";
import type { TaskHandler } from "../../sdk/task_handler.ts";
import { isPlainObject } from "../../values.ts";
import { FinalError } from "./failure.ts";

/** The most issues in a message; the rest is counted. */
const MAX_ISSUES = 5;
/** The longest text of an issue, in characters: a longer one may contain a whole value. */
const MAX_TEXT = 300;

/** The words for a value in messages. */
interface Naming {
  /** The words for the whole value. */
  readonly whole: string;
  /** The word before the path to a part. */
  readonly part: string;
  /** The cause in the log line. */
  readonly why: string;
}

const ARGUMENTS: Naming = {
  whole: "its arguments are",
  part: "argument",
  why: "its arguments are not valid",
};
const RESULT: Naming = {
  whole: "its result is",
  part: "result",
  why: "its result is not valid",
};

/**
 * Checks the arguments and returns them with the schema's defaults and conversions applied.
 *
 * @throws {FinalError} `INVALID` with the path of each invalid argument; `hint` ends the message
 */
export function checkArguments(
  handler: TaskHandler<object>,
  args: object,
  hint = "",
): Promise<object> {
  const { argsSchema } = handler;
  return argsSchema === undefined
    ? Promise.resolve(args)
    : check(handler, argsSchema, args, ARGUMENTS, hint);
}

/**
 * Checks a handler's result and returns what its schema makes of it, which is then pushed.
 *
 * An invalid result is a fault of the code, which a retry would only repeat.
 *
 * @throws {FinalError} `INVALID` with the path of each invalid part
 */
export function checkResult(handler: TaskHandler<object>, result: unknown): Promise<unknown> {
  const { resultSchema } = handler;
  return resultSchema === undefined
    ? Promise.resolve(result)
    : check(handler, resultSchema, result, RESULT);
}

async function check<Output>(
  { dagId, taskId }: TaskHandler<object>,
  schema: StandardSchema<unknown, Output>,
  value: unknown,
  naming: Naming,
  hint = "",
): Promise<Output> {
  const checked = await schema["~standard"].validate(value);
  if (checked.issues === undefined) return checked.value;
  const { issues } = checked;
  const shown = issues.slice(0, MAX_ISSUES).map((issue) => describe(issue, value, naming));
  const more = issues.length - shown.length;
  const reasons = shown.join("; ") + (more > 0 ? `; and ${more} more` : "");
  throw new FinalError("INVALID", `Cannot run ${dagId}.${taskId}: ${reasons}${hint}`, naming);
}

function describe(issue: SchemaIssue, value: unknown, { whole, part }: Naming): string {
  const path = (issue.path ?? []).map((step) => typeof step === "object" ? step.key : step);
  const message = withoutSecrets(String(issue.message), value, path);
  const reason = message.length > MAX_TEXT ? `${message.slice(0, MAX_TEXT)}…` : message;
  const what = path.length === 0 ? whole : `${part} "${placeOf(path)}" is`;
  return `${what} not valid: ${reason}`;
}

/** Writes a path as `orders[3].price`. */
function placeOf(path: readonly PropertyKey[]): string {
  return path.map((step, index) => {
    if (typeof step === "number") return `[${step}]`;
    const name = String(step);
    if (/^\d+$/.test(name)) return `[${name}]`;
    if (/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)) return index === 0 ? name : `.${name}`;
    return `[${JSON.stringify(name)}]`;
  }).join("");
}

/**
 * Masks values whose names are sensitive by Airflow's rule, since some libraries quote the value that
 * they refuse. Secrets that Airflow itself knows are masked where the log is written.
 */
function withoutSecrets(message: string, value: unknown, path: readonly PropertyKey[]): string {
  const secrets = new Set<string>();
  collect(value, false, secrets, 0);
  let at: unknown = value;
  let isSecret = false;
  for (const step of path) {
    isSecret ||= typeof step === "string" && isSensitiveName(step);
    at = typeof at === "object" && at !== null ? Reflect.get(at, step) : undefined;
  }
  // A message about a secret itself quotes that secret, however short.
  const own = new Set<string>();
  if (isSecret) collect(at, true, own, 0);
  for (const text of secrets) if (text.length >= MIN_SECRET_LENGTH) own.add(text);
  return [...own].sort((a, b) => b.length - a.length)
    .reduce((masked, text) => text === "" ? masked : masked.replaceAll(text, MASK), message);
}

/** The deepest nesting that Airflow allows; a cycle is deeper. */
const MAX_DEPTH = 250;

function collect(value: unknown, isSecret: boolean, found: Set<string>, depth: number): void {
  if (typeof value !== "object" || value === null) {
    if (!isSecret || value === undefined || value === null || typeof value === "boolean") return;
    const text = String(value);
    found.add(text).add(JSON.stringify(text).slice(1, -1));
    return;
  }
  if (depth > MAX_DEPTH) return;
  for (const [name, field] of Object.entries(value)) {
    const isNamed = !Array.isArray(value) && isSensitiveName(name);
    collect(field, isSecret || isNamed, found, depth + 1);
  }
}

/** One parameter of a task. */
export interface Parameter {
  /** Its name. */
  readonly name: string;
  /** True if a call must pass it. */
  readonly required: boolean;
  /** The JSON Schema (draft 2020-12) of what is passed. */
  readonly schema: unknown;
}

const TARGET = { target: "draft-2020-12" } as const;

/**
 * Lists the parameters that a schema of arguments declares, in its order.
 *
 * Returns undefined if the schema's library cannot write JSON Schema, if JSON Schema cannot express
 * the schema, or if it does not describe an object.
 */
export function parametersOf(schema: StandardSchema | undefined): Parameter[] | undefined {
  let whole: Readonly<Record<string, unknown>> | undefined;
  try {
    whole = schema?.["~standard"].jsonSchema?.input(TARGET);
  } catch {
    // The library refuses, e.g. a date, a map or a transformation.
  }
  const properties = whole?.["properties"];
  if (whole === undefined || !isPlainObject(properties)) return undefined;
  const required = whole["required"];
  const names: readonly unknown[] = Array.isArray(required) ? required : [];
  const definitions = isPlainObject(whole["$defs"]) ? { $defs: whole["$defs"] } : {};
  return Object.entries(properties).map(([name, part]) => ({
    name,
    required: names.includes(name),
    // A part that stands alone needs the definitions to which it refers.
    schema: isPlainObject(part) && refers(part) ? { ...part, ...definitions } : part,
  }));
}

function refers(part: Readonly<Record<string, unknown>>): boolean {
  return JSON.stringify(part).includes('"$ref":');
}
