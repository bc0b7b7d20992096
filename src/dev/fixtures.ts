/**
 * Fixtures: the connections, variables and XComs that a local run starts from.
 *
 * @module
 */

import { TaskRuntimeError } from "../error.ts";
import type { JsonObject } from "../protocol/generated.ts";
import { type Connection, connectionOf } from "./connection.ts";
import type { EndState } from "./ending.ts";
import type { Store } from "./store.ts";

/** What the fixtures say of one task. */
export interface TaskFixture {
  /** How often a failed task is tried again; 0 when the file says nothing. */
  readonly retries: number;
  /** Seconds between two tries; 0 when the file says nothing, so that a local run is quick. */
  readonly retryDelaySeconds: number;
  /** The state the task is expected to end in; `success` when the file says nothing. */
  readonly expect: EndState;
}

/** What a fixtures file holds, checked. */
export interface Fixtures {
  /** The connections. */
  readonly connections: readonly Connection[];
  /** The variables; values that are no texts in the file have become JSON texts. */
  readonly variables: ReadonlyMap<string, string | null>;
  /** XComs of tasks that are not in the bundle, e.g. of Python tasks, under their keys. */
  readonly xcoms: readonly { taskId: string; key: string; value: unknown }[];
  /** What is said of single tasks. */
  readonly tasks: ReadonlyMap<string, TaskFixture>;
  /** The order in which to run tasks; undefined leaves the bundle's. */
  readonly order: readonly string[] | undefined;
  /** The Dag run's `conf`. */
  readonly params: JsonObject | undefined;
}

/** What holds for a task that the fixtures do not mention. */
export const DEFAULT_TASK_FIXTURE: TaskFixture = {
  retries: 0,
  retryDelaySeconds: 0,
  expect: "success",
};

const SECTIONS = ["$schema", "connections", "variables", "xcoms", "tasks", "order", "params"];
const TASK_KEYS = ["retries", "retryDelaySeconds", "expect"];
const END_STATES: readonly EndState[] = [
  "success",
  "failed",
  "skipped",
  "removed",
  "up_for_retry",
  "up_for_reschedule",
  "deferred",
  "awaiting_input",
];

/**
 * Reads the text of a fixtures file and, over it, the environment variables `AIRFLOW_CONN_<ID>`
 * and `AIRFLOW_VAR_<KEY>`, which win as they do in Airflow (ids become lower case).
 *
 * @throws {TaskRuntimeError} `INVALID`, naming the path inside the file, e.g. `tasks.audit.retries`.
 *
 * @example
 * ```ts
 * import { parseFixtures } from "./fixtures.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const fixtures = parseFixtures('{"variables":{"since":"2026-01-01"}}', {
 *   AIRFLOW_VAR_SINCE: "2026-02-02",
 * });
 * assertEquals(fixtures.variables.get("since"), "2026-02-02");
 * ```
 */
export function parseFixtures(
  text: string,
  environment: Readonly<Record<string, string>> = {},
): Fixtures {
  const root = objectAt(parseJson(text), "the file");
  for (const key of root.keys()) {
    if (!SECTIONS.includes(key)) throw invalid(key, `known are ${SECTIONS.slice(1).join(", ")}`);
  }
  const fixtures = {
    connections: new Map(
      [...section(root, "connections")].map(([id, value]) =>
        [id, connectionOf(id, value, `connections.${id}`)] as const
      ),
    ),
    variables: new Map(
      [...section(root, "variables")].map(([key, value]) => [key, variableText(value)] as const),
    ),
  };
  for (const [name, value] of Object.entries(environment)) {
    const [, kind, id = ""] = /^AIRFLOW_(CONN|VAR)_(.+)$/.exec(name) ?? [];
    const key = id.toLowerCase();
    if (kind === "CONN") fixtures.connections.set(key, connectionOf(key, value, name));
    if (kind === "VAR") fixtures.variables.set(key, value);
  }
  const params = root.get("params");
  return {
    connections: [...fixtures.connections.values()],
    variables: fixtures.variables,
    xcoms: xcomsOf(section(root, "xcoms")),
    tasks: new Map(
      [...section(root, "tasks")].map(([id, value]) =>
        [id, taskFixtureOf(value, `tasks.${id}`)] as const
      ),
    ),
    order: orderOf(root.get("order")),
    params: params === undefined ? undefined : jsonObjectAt(params, "params"),
  };
}

/** Puts the fixtures into the store; XComs go into the run `runId` of `dagId`. */
export function seedStore(store: Store, fixtures: Fixtures, dagId: string, runId: string): void {
  for (const connection of fixtures.connections) store.setConnection(connection);
  for (const [key, value] of fixtures.variables) store.setVariable(key, value);
  for (const { taskId, key, value } of fixtures.xcoms) {
    store.setXCom({ dagId, runId, taskId, key, mapIndex: -1, value });
  }
}

function xcomsOf(tasks: ReadonlyMap<string, unknown>): Fixtures["xcoms"] {
  return [...tasks].flatMap(([taskId, keys]) =>
    [...objectAt(keys, `xcoms.${taskId}`)].map(([key, value]) => ({ taskId, key, value }))
  );
}

function taskFixtureOf(value: unknown, path: string): TaskFixture {
  const fields = objectAt(value, path);
  for (const key of fields.keys()) {
    if (!TASK_KEYS.includes(key)) {
      throw invalid(`${path}.${key}`, `known are ${TASK_KEYS.join(", ")}`);
    }
  }
  const { retries, retryDelaySeconds, expect } = DEFAULT_TASK_FIXTURE;
  const wanted = fields.get("expect") ?? expect;
  const state = END_STATES.find((state) => state === wanted);
  if (state === undefined) {
    throw invalid(`${path}.expect`, `expected one of ${END_STATES.join(", ")}`);
  }
  const times = amount(fields.get("retries") ?? retries, `${path}.retries`);
  if (!Number.isInteger(times)) throw invalid(`${path}.retries`, "expected a whole number");
  return {
    retries: times,
    retryDelaySeconds: amount(
      fields.get("retryDelaySeconds") ?? retryDelaySeconds,
      `${path}.retryDelaySeconds`,
    ),
    expect: state,
  };
}

function orderOf(value: unknown): string[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw invalid("order", "expected a list of task ids");
  return value.map((item: unknown, index) => {
    if (typeof item !== "string") throw invalid(`order[${index}]`, "expected a task id");
    return item;
  });
}

function amount(value: unknown, path: string): number {
  if (typeof value !== "number" || !(value >= 0)) {
    throw invalid(path, "expected a number from 0 up");
  }
  return value;
}

/** Airflow keeps variables as texts; `airflow variables import` writes other values as JSON. */
function variableText(value: unknown): string | null {
  return typeof value === "string" || value === null ? value : JSON.stringify(value);
}

function section(root: ReadonlyMap<string, unknown>, name: string): Map<string, unknown> {
  const value = root.get(name);
  return value === undefined ? new Map() : objectAt(value, name);
}

/** A Map and no object, so that a key such as `__proto__` is a key like any other. */
function objectAt(value: unknown, path: string): Map<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid(path, "expected an object");
  }
  return new Map(Object.entries(value));
}

function jsonObjectAt(value: unknown, path: string): JsonObject {
  if (!isJsonObject(value)) throw invalid(path, "expected an object");
  return value;
}

/** Asked of what JSON.parse has made, so its insides are JSON. */
function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TaskRuntimeError("INVALID", `Cannot read the fixtures: ${reason}`, { cause });
  }
}

function invalid(path: string, reason: string): TaskRuntimeError {
  return new TaskRuntimeError("INVALID", `Cannot read the fixtures at ${path}: ${reason}`);
}
