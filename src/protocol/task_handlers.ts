/**
 * The question which task handlers a bundle has, and its answer: Airflow's Dag processor asks it to
 * check the stub tasks of Python Dags.
 *
 * No released schema has the two messages; they are defined by hand as Airflow's main branch has
 * them, until a schema does.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import { type Fault, mistaken, tell, within } from "./fault.ts";
import { isPlainObject } from "../values.ts";

/** Asks for the handlers of the artifact at `file`. */
export interface TaskHandlerParseRequest {
  readonly type: "TaskHandlerParseRequest";
  /** Path of the artifact. */
  readonly file: string;
  /** Folder of the Dag bundle that it is in. */
  readonly bundle_path: string;
  /** Name of that Dag bundle. */
  readonly bundle_name: string;
}

/** Tells all handlers, whatever Dag was asked for. */
export interface TaskHandlerParsingResult {
  readonly type: "TaskHandlerParsingResult";
  /** The path that was asked for. */
  readonly fileloc: string;
  /** By Dag id, in the order of registration. */
  readonly task_handlers: Readonly<Record<string, readonly TaskHandlerDeclaration[]>>;
}

/** One handler. */
export interface TaskHandlerDeclaration {
  readonly task_id: string;
  /** How a stub task's arguments meet the parameters. */
  readonly binding: "positional" | "named";
  /** Null when they are not known. */
  readonly params: readonly TaskHandlerParam[] | null;
}

/** One parameter of a handler. */
export interface TaskHandlerParam {
  readonly name: string | null;
  /** JSON Schema of what it takes; null when it takes anything. */
  readonly value_schema: Readonly<Record<string, unknown>> | null;
  /** Whether only the very name is meant, and none in another case or with other underscores. */
  readonly exact_name: boolean;
}

const TYPE = "TaskHandlerParseRequest";

/** Tells whether it is that question; {@linkcode readTaskHandlerParseRequest} checks the rest. */
export function asksForTaskHandlers(body: unknown): boolean {
  return isPlainObject(body) && body["type"] === TYPE;
}

/**
 * Reads the question.
 *
 * @throws {TaskRuntimeError} `MALFORMED` when it lacks a field
 */
export function readTaskHandlerParseRequest(body: unknown): TaskHandlerParseRequest {
  const fields = isPlainObject(body) ? body : {};
  return {
    type: TYPE,
    file: textAt(fields, "file"),
    bundle_path: textAt(fields, "bundle_path"),
    bundle_name: textAt(fields, "bundle_name"),
  };
}

function textAt(fields: Readonly<Record<string, unknown>>, name: string): string {
  const value = fields[name];
  if (typeof value === "string") return value;
  const found: Fault = within(name, mistaken("a string", value));
  throw new TaskRuntimeError("MALFORMED", `Cannot read ${TYPE}: ${tell(found)}`);
}
