/**
 * The request for the task handlers of a bundle, and its reply. Airflow's Dag processor uses them to
 * check the stub tasks of Python Dags.
 *
 * No released schema contains the two messages, so they are defined by hand after Airflow's main
 * branch.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import { faultText, mistaken, type SchemaFault, within } from "./fault.ts";
import { isPlainObject } from "../values.ts";

/** Requests the handlers of the artifact at `file`. */
export interface TaskHandlerParseRequest {
  readonly type: "TaskHandlerParseRequest";
  /** Path of the artifact. */
  readonly file: string;
  /** Folder of the Dag bundle that it is in. */
  readonly bundle_path: string;
  /** Name of that Dag bundle. */
  readonly bundle_name: string;
}

/** The handlers of all Dags. */
export interface TaskHandlerParsingResult {
  readonly type: "TaskHandlerParsingResult";
  /** The path in the request. */
  readonly fileloc: string;
  /** The handlers by Dag id, in the order of registration. */
  readonly task_handlers: Readonly<Record<string, readonly TaskHandlerDeclaration[]>>;
}

/** A handler. */
export interface TaskHandlerDeclaration {
  readonly task_id: string;
  /** The binding of the arguments of a stub task to the parameters. */
  readonly binding: "positional" | "named";
  /** Null when they are unknown. */
  readonly params: readonly TaskHandlerParam[] | null;
}

/** A parameter of a handler. */
export interface TaskHandlerParam {
  readonly name: string | null;
  /** JSON Schema of its values; null when it takes any value. */
  readonly value_schema: Readonly<Record<string, unknown>> | null;
  /** True if the name must match exactly, with case and underscores. */
  readonly exact_name: boolean;
}

const TYPE = "TaskHandlerParseRequest";

/** Tells whether a message has this type; {@linkcode readTaskHandlerParseRequest} checks the rest. */
export function asksForTaskHandlers(body: unknown): boolean {
  return isPlainObject(body) && body["type"] === TYPE;
}

/**
 * Reads the request.
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
  const found: SchemaFault = within(name, mistaken("a string", value));
  throw new TaskRuntimeError("MALFORMED", `Cannot read ${TYPE}: ${faultText(found)}`);
}
