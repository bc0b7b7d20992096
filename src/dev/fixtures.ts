/**
 * Fixtures: what a local run starts from, and what stands in for the rest of Airflow.
 *
 * @module
 */

import { TaskRuntimeError } from "../error.ts";
import type { HITLUser, JsonObject, JsonValue, TaskArgBinding } from "../protocol/generated.ts";
import { type Connection, connectionOf } from "./connection.ts";
import type { EndState } from "./ending.ts";
import { EnvironmentSecrets } from "./environment_secrets.ts";
import { FixtureReader } from "./fixture_reader.ts";
import {
  type DagRunFixture,
  type PresentRunFixture,
  readArgs,
  readAsset,
  readAssetAlias,
  readAssetEvent,
  readAssetName,
  readDag,
  readDagRun,
  readPresentRun,
  readTaskInstance,
  type TaskInstanceFixture,
} from "./fixture_rows.ts";
import type { Supply } from "./sequence.ts";
import type { AssetAliasRow, AssetEventRow, AssetRow, DagRow } from "./store.ts";

export { seedStore } from "./seed.ts";

/** What the fixtures say of one task. */
export interface TaskFixture {
  /** How often a failed task is tried again; undefined when the file says nothing. */
  readonly retries: number | undefined;
  /** Seconds between two tries; undefined when the file says nothing. */
  readonly retryDelaySeconds: number | undefined;
  /** The state the task is expected to end in; undefined when the file says nothing. */
  readonly expect: EndState | undefined;
  /** The arguments that a Python Dag would bind; undefined when the file says nothing. */
  readonly args: readonly TaskArgBinding[] | undefined;
}

/** What a human answers. */
export interface HumanAnswer {
  /** The options chosen. */
  readonly chosenOptions: readonly string[];
  /** What was filled in. */
  readonly paramsInput: JsonObject;
  /** Who answered; null for nobody in particular. */
  readonly respondedBy: HITLUser | null;
}

/** What a fixtures file holds, checked. */
export interface Fixtures {
  /** Connections and variables of the environment, which win. */
  readonly environment?: EnvironmentSecrets;
  /** The connections. */
  readonly connections: readonly Connection[];
  /** The variables; values that are no texts in the file have become JSON texts. */
  readonly variables: ReadonlyMap<string, string | null>;
  /** XComs of tasks that are not in the bundle, e.g. of Python tasks; -1 is no map index. */
  readonly xcoms: readonly { taskId: string; key: string; value: unknown; mapIndex: number }[];
  /** What is said of single tasks. */
  readonly tasks: ReadonlyMap<string, TaskFixture>;
  /** The order in which to run tasks; undefined leaves the bundle's. */
  readonly order: readonly string[] | undefined;
  /** The Dag run's `conf`. */
  readonly params: JsonObject | undefined;
  /** What else is said of the Dag run at hand. */
  readonly dagRun: PresentRunFixture;
  /** Dags that tasks can ask about, trigger, or whose task groups they name. */
  readonly dags: readonly DagRow[];
  /** Dag runs before this one, and of other Dags. */
  readonly dagRuns: readonly DagRunFixture[];
  /** Task instances that are not run here. */
  readonly taskInstances: readonly TaskInstanceFixture[];
  /** Assets. */
  readonly assets: readonly AssetRow[];
  /** Asset aliases. */
  readonly assetAliases: readonly AssetAliasRow[];
  /** Asset events. */
  readonly assetEvents: readonly Omit<AssetEventRow, "id">[];
  /** Values in the state stores of tasks. */
  readonly taskState: readonly { taskId: string; key: string; value: unknown }[];
  /** Values in the state stores of assets, where there is none yet. */
  readonly assetState: readonly { asset: string; key: string; value: unknown }[];
  /** What humans answer to each task: always the same, or of a list one a question. */
  readonly answers: ReadonlyMap<string, Supply<HumanAnswer>>;
  /** The payloads of triggers' events for each task: always the same, or of a list one a deferral. */
  readonly events: ReadonlyMap<string, Supply<JsonValue>>;
}

/** What holds for a task that the fixtures do not mention. */
export const DEFAULT_TASK_FIXTURE: TaskFixture = {
  retries: undefined,
  retryDelaySeconds: undefined,
  expect: undefined,
  args: undefined,
};

const SECTIONS = [
  "$schema",
  "connections",
  "variables",
  "xcoms",
  "mappedXcoms",
  "tasks",
  "order",
  "params",
  "dagRun",
  "dags",
  "dagRuns",
  "taskInstances",
  "assets",
  "assetAliases",
  "assetEvents",
  "taskState",
  "assetState",
  "answers",
  "events",
];
const END_STATES: readonly EndState[] = [
  "success",
  "failed",
  "skipped",
  "upstream_failed",
  "removed",
  "up_for_retry",
  "up_for_reschedule",
  "deferred",
  "awaiting_input",
];

/**
 * Reads the text of a fixtures file and, over it, the environment variables `AIRFLOW_CONN_<ID>`
 * and `AIRFLOW_VAR_<KEY>`, which win as they do in Airflow.
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
 * assertEquals(fixtures.variables.get("since"), "2026-01-01");
 * assertEquals(fixtures.environment?.variable("since"), "2026-02-02");
 * ```
 */
export function parseFixtures(
  text: string,
  environment: Readonly<Record<string, string>> = {},
): Fixtures {
  const root = new FixtureReader(parseJson(text), "").fields(SECTIONS);
  const section = (name: string): Map<string, FixtureReader> =>
    root.get(name)?.fields() ?? new Map();
  const list = (name: string): FixtureReader[] => root.get(name)?.items() ?? [];
  const assets = [...section("assets")].map(([name, entry]) => readAsset(name, entry));
  return {
    environment: new EnvironmentSecrets(environment),
    connections: [...section("connections")].map(([id, { value, path }]) =>
      connectionOf(id, value, path)
    ),
    variables: new Map(
      [...section("variables")].map(([key, { value }]) => [key, variableText(value)]),
    ),
    xcoms: [...readXComs(section("xcoms")), ...readMappedXComs(section("mappedXcoms"))],
    tasks: new Map([...section("tasks")].map(([id, entry]) => [id, readTask(entry)])),
    order: root.get("order")?.texts("a task id"),
    params: root.get("params")?.jsonObject(),
    dagRun: readPresentRun(root.get("dagRun") ?? new FixtureReader({}, "dagRun"), assets),
    dags: [...section("dags")].map(([id, entry]) => readDag(id, entry)),
    dagRuns: list("dagRuns").map((item) => readDagRun(item, assets)),
    taskInstances: list("taskInstances").map(readTaskInstance),
    assets,
    assetAliases: [...section("assetAliases")].map(([name, entry]) =>
      readAssetAlias(name, entry, assets)
    ),
    assetEvents: list("assetEvents").map((item) => readAssetEvent(item, assets)),
    taskState: readState(section("taskState")).map(({ owner, ...rest }) => ({
      taskId: owner,
      ...rest,
    })),
    assetState: readState(section("assetState")).map(({ owner, entry, ...rest }) => ({
      asset: readAssetName(new FixtureReader(owner, entry.path), assets),
      ...rest,
    })),
    answers: new Map(
      [...section("answers")].map(([id, entry]) => [id, readSupply(entry, readAnswer)]),
    ),
    events: new Map(
      [...section("events")].map(([id, entry]) => [id, readSupply(entry, (item) => item.json())]),
    ),
  };
}

function readXComs(tasks: ReadonlyMap<string, FixtureReader>): Fixtures["xcoms"] {
  return [...tasks].flatMap(([taskId, keys]) =>
    [...keys.fields()].map(([key, { value }]) => ({ taskId, key, value, mapIndex: -1 }))
  );
}

function readMappedXComs(tasks: ReadonlyMap<string, FixtureReader>): Fixtures["xcoms"] {
  return [...tasks].flatMap(([taskId, keys]) =>
    [...keys.fields()].flatMap(([key, values]) =>
      values.items("a list, one value a map index").map(({ value }, mapIndex) => ({
        taskId,
        key,
        value,
        mapIndex,
      }))
    )
  );
}

function readTask(entry: FixtureReader): TaskFixture {
  const fields = entry.fields(["retries", "retryDelaySeconds", "expect", "args"]);
  const args = fields.get("args");
  return {
    retries: fields.get("retries")?.whole(),
    retryDelaySeconds: fields.get("retryDelaySeconds")?.amount(),
    expect: fields.get("expect")?.oneOf(END_STATES),
    args: args && readArgs(args),
  };
}

function readState(
  owners: ReadonlyMap<string, FixtureReader>,
): { owner: string; entry: FixtureReader; key: string; value: JsonValue }[] {
  return [...owners].flatMap(([owner, entry]) =>
    [...entry.fields()].map(([key, field]) => {
      const value = field.json();
      if (value === null) throw field.error("a state store holds no null");
      return { owner, entry, key, value };
    })
  );
}

function readSupply<T>(entry: FixtureReader, read: (item: FixtureReader) => T): Supply<T> {
  return Array.isArray(entry.value)
    ? { values: entry.items().map(read), isEndless: false }
    : { values: [read(entry)], isEndless: true };
}

function readAnswer(entry: FixtureReader): HumanAnswer {
  const fields = entry.fields(["chosen_options", "params_input", "responded_by_user"]);
  const chosen = fields.get("chosen_options");
  if (chosen === undefined) throw entry.error("chosen_options is missing");
  const user = fields.get("responded_by_user")?.fields(["id", "name"]);
  const id = user?.get("id")?.text();
  return {
    chosenOptions: chosen.texts("an option"),
    paramsInput: fields.get("params_input")?.jsonObject() ?? {},
    respondedBy: id === undefined ? null : { id, name: user?.get("name")?.text() ?? id },
  };
}

/** Airflow keeps variables as texts; `airflow variables import` writes other values as JSON. */
function variableText(value: unknown): string | null {
  return typeof value === "string" || value === null ? value : JSON.stringify(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TaskRuntimeError("INVALID", `Cannot read the fixtures: ${reason}`, { cause });
  }
}
