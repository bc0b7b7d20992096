/**
 * A task's arguments and its result, held against the schemas that its handler declares.
 *
 * @module
 */
import { isSensitiveName, MASK, MIN_SECRET_LENGTH } from "../../protocol/secret_name.ts";
import type { SchemaIssue, StandardSchema } from "../../sdk/standard_schema.ts";
import type { TaskHandler } from "../../sdk/task_handler.ts";
import { isPlainObject } from "../../values.ts";
import { FinalError } from "./failure.ts";

/** As many issues as a message tells; the rest it counts. */
const MOST_ISSUES = 5;
/** What is longer may hold a whole value; in characters. */
const MOST_TEXT = 300;

/** What a payload is called in messages. */
interface Naming {
  /** The whole. */
  readonly whole: string;
  /** What stands before the path to a part. */
  readonly part: string;
  /** The whole, not being valid. */
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
 * The arguments as the handler's schema gives them: its defaults and conversions applied; as they
 * are where it declares none.
 *
 * @throws {FinalError} `INVALID` with the path of each bad argument; `hint` ends the message
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
 * What is pushed of a handler's result: what its schema gives, or the result where there is none.
 *
 * A result that does not fit is a fault of the code, and a retry would only repeat the work.
 *
 * @throws {FinalError} `INVALID` with the path of each bad part
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
  const told = issues.slice(0, MOST_ISSUES).map((issue) => describe(issue, value, naming));
  const more = issues.length - told.length;
  const reasons = told.join("; ") + (more > 0 ? `; and ${more} more` : "");
  throw new FinalError("INVALID", `Cannot run ${dagId}.${taskId}: ${reasons}${hint}`, naming);
}

function describe(issue: SchemaIssue, value: unknown, { whole, part }: Naming): string {
  const path = (issue.path ?? []).map((step) => typeof step === "object" ? step.key : step);
  const message = withoutSecrets(String(issue.message), value, path);
  const reason = message.length > MOST_TEXT ? `${message.slice(0, MOST_TEXT)}…` : message;
  const what = path.length === 0 ? whole : `${part} "${placeOf(path)}" is`;
  return `${what} not valid: ${reason}`;
}

/** `orders[3].price` */
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
 * Some libraries tell the value that they refuse: what is a secret by its name is masked, by
 * Airflow's rule on names. Secrets that Airflow itself knows are masked where the log is written.
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
  // What is told at a secret's own place is that secret, however short.
  const own = new Set<string>();
  if (isSecret) collect(at, true, own, 0);
  for (const text of secrets) if (text.length >= MIN_SECRET_LENGTH) own.add(text);
  return [...own].sort((a, b) => b.length - a.length)
    .reduce((masked, text) => text === "" ? masked : masked.replaceAll(text, MASK), message);
}

/** Values nest no deeper than Airflow allows; a cycle would. */
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
  /** Whether a call must pass it. */
  readonly required: boolean;
  /** The JSON Schema (draft 2020-12) of what is passed. */
  readonly schema: unknown;
}

const TARGET = { target: "draft-2020-12" } as const;

/**
 * The parameters that a schema of arguments names, in its order.
 *
 * Undefined when the schema does not tell: its library writes no JSON Schema, or JSON Schema cannot
 * say it, or it is not one of an object.
 */
export function parametersOf(schema: StandardSchema | undefined): Parameter[] | undefined {
  let whole: Readonly<Record<string, unknown>> | undefined;
  try {
    whole = schema?.["~standard"].jsonSchema?.input(TARGET);
  } catch {
    // A date, a map, a transformation from anything: the library's own refusal.
  }
  const properties = whole?.["properties"];
  if (whole === undefined || !isPlainObject(properties)) return undefined;
  const required = whole["required"];
  const names: readonly unknown[] = Array.isArray(required) ? required : [];
  const definitions = isPlainObject(whole["$defs"]) ? { $defs: whole["$defs"] } : {};
  return Object.entries(properties).map(([name, part]) => ({
    name,
    required: names.includes(name),
    // A part that stands alone must bring along what it refers to.
    schema: isPlainObject(part) && refers(part) ? { ...part, ...definitions } : part,
  }));
}

function refers(part: Readonly<Record<string, unknown>>): boolean {
  return JSON.stringify(part).includes('"$ref":');
}
