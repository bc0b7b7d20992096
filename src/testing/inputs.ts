/**
 * The state of Airflow in a test: variables, connections, XComs, the Dag run.
 *
 * @module
 */
import { connectionOf } from "../local/fixtures/connection.ts";
import { type Fixtures, parseFixtures, seedStore } from "../local/fixtures/fixtures.ts";
import { taskStateScope } from "../local/api/state_answers.ts";
import { MemoryStore } from "../local/store/store.ts";
import { TaskRuntimeError } from "../error.ts";
import type { SchemaVersion, TaskArgBinding } from "../protocol/generated.ts";
import { serialize } from "../runtime/context/serialize.ts";
import type { AssetRef } from "../sdk/assets.ts";
import type { NewAsset } from "../sdk/outlets.ts";
import type { TaskHandler } from "../sdk/task_handler.ts";
import type { Fault } from "./faults.ts";
import type { FakeClock } from "./fake_clock.ts";

/** The parts of a connection, with Airflow's names. */
export interface ConnectionInput {
  /** The type of the connection, e.g. `"postgres"`. */
  readonly conn_type: string;
  /** Host name or address. */
  readonly host?: string;
  /** Database schema, or the meaning that the connection type gives it. */
  readonly schema?: string;
  /** User name. */
  readonly login?: string;
  /** Password. */
  readonly password?: string;
  /** Port number. */
  readonly port?: number;
  /** Further settings: an object, or its JSON. */
  readonly extra?: string | Readonly<Record<string, unknown>>;
}

/** An asset in a fixtures file. */
export interface AssetInput {
  /** Its URI; its name by default. */
  readonly uri?: string;
  /** Its group. */
  readonly group?: string;
  /** The extra of its definition. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** True (the default) when a Dag declares it. */
  readonly active?: boolean;
}

/** The state of Airflow, and of the run, in a test; everything is empty by default. */
export interface WorldInputs<Args = unknown> {
  /**
   * The contents of a fixtures file of `dev`, e.g. `import fixtures from "./dev.json" with { type:
   * "json" }`. The other options add to it. Other Dag runs, task instances and asset events have no
   * options of their own.
   */
  readonly fixtures?: Readonly<Record<string, unknown>>;
  /** The arguments that the Dag passes to the task, by name. */
  readonly args?: Partial<Args> & Readonly<Record<string, unknown>>;
  /** XComs, by task and key: `{ extract: { return_value: { rows: 42 } } }`. */
  readonly xcoms?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** XComs of mapped tasks, by task and key: one value per map index. */
  readonly mappedXComs?: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>>;
  /** Variables, by key; values other than texts become JSON. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Connections, by id: their parts, or a URI. */
  readonly connections?: Readonly<Record<string, ConnectionInput | string>>;
  /** Assets, by name, in addition to the outlets of the handler. */
  readonly assets?: Readonly<Record<string, AssetInput>>;
  /** Values of `ctx.state`, by key. */
  readonly state?: Readonly<Record<string, unknown>>;
  /** The Dag run, with the names of a fixtures file: `run_id`, `logical_date`, `run_type` … */
  readonly dagRun?: Readonly<Record<string, unknown>>;
  /** The `conf` of the Dag run, which holds its params. */
  readonly conf?: Readonly<Record<string, unknown>>;
  /** The number of retries of the task (Airflow's `max_tries`); 0 by default. */
  readonly retries?: number;
  /** The map index; -1 by default, for a task that is not mapped. */
  readonly mapIndex?: number;
  /**
   * The schema version of the bundle. By default that of `pack`, 2026-06-16; with `args`, which need a
   * newer one, 2026-10-30.
   */
  readonly schema?: SchemaVersion;
  /** The clock of the task; the real one by default. */
  readonly clock?: FakeClock;
  /** Faults between the task and Airflow; the first that matches a request applies. */
  readonly faults?: readonly Fault[];
  /** Terminates the task when aborted, as SIGTERM does. */
  readonly signal?: AbortSignal;
  /** Environment variables for the runtime, e.g. `AIRFLOW__LOGGING__LOGGING_LEVEL` (`INFO` by default). */
  readonly env?: Readonly<Record<string, string>>;
}

/** The state of Airflow for one run or several. */
export interface World {
  /** The values that Airflow holds. */
  readonly store: MemoryStore;
  /** The checked inputs. */
  readonly fixtures: Fixtures;
  /** The id of the Dag run. */
  readonly runId: string;
  /** The arguments as Airflow binds them; undefined without arguments. */
  readonly args: readonly TaskArgBinding[] | undefined;
  /** The schema version. */
  readonly date: SchemaVersion;
}

/**
 * Makes the state of Airflow for a task.
 *
 * @throws {TaskRuntimeError} `INVALID` when an input is not valid, with the place of the fault
 */
export function worldOf(handler: TaskHandler<object>, inputs: WorldInputs): World {
  const { dagId, taskId } = handler;
  const fixtures = parseFixtures(json(documentOf(inputs)));
  const runId = fixtures.dagRun.runId ?? `manual__${Temporal.Now.instant()}`;
  const store = new MemoryStore();
  declareOutlets(handler, store);
  seedStore(store, fixtures, dagId, runId);
  for (const [id, value] of Object.entries(inputs.connections ?? {})) {
    store.setConnection(connectionOf(id, value, `connections.${id}`));
  }
  for (const [id, keys] of Object.entries(inputs.xcoms ?? {})) {
    for (const [key, value] of Object.entries(keys)) {
      store.setXCom({ dagId, runId, taskId: id, key, mapIndex: -1, value: serialize(value) });
    }
  }
  for (const [id, keys] of Object.entries(inputs.mappedXComs ?? {})) {
    for (const [key, values] of Object.entries(keys)) {
      for (const [mapIndex, value] of values.entries()) {
        store.setXCom({ dagId, runId, taskId: id, key, mapIndex, value: serialize(value) });
      }
    }
  }
  const scope = taskStateScope(dagId, runId, taskId, inputs.mapIndex ?? -1);
  for (const [key, value] of Object.entries(inputs.state ?? {})) {
    store.setStateValue(scope, key, serialize(value));
  }
  const args = inputs.args === undefined
    ? fixtures.tasks.get(taskId)?.args
    : Object.entries(inputs.args).map(([name, value]) => bindingOf(name, value));
  const date = inputs.schema ?? (args === undefined ? "2026-06-16" : "2026-10-30");
  return { store, fixtures, runId, args, date };
}

/** Merges the options of a test into its fixtures. */
function documentOf(inputs: WorldInputs): Record<string, unknown> {
  const { fixtures = {}, conf } = inputs;
  const section = (name: string, more: object | undefined): Record<string, unknown> => {
    const given: unknown = Reflect.get(fixtures, name);
    if (more === undefined) return given === undefined ? {} : { [name]: given };
    return { [name]: { ...(typeof given === "object" ? given : {}), ...more } };
  };
  return {
    ...fixtures,
    ...section("variables", inputs.variables),
    ...section("assets", inputs.assets),
    ...section("dagRun", inputs.dagRun),
    ...(conf === undefined ? {} : { params: conf }),
  };
}

function json(document: Record<string, unknown>): string {
  try {
    return JSON.stringify(document);
  } catch (cause) {
    throw new TaskRuntimeError("INVALID", "Cannot read the fixtures: they must be JSON", { cause });
  }
}

function bindingOf(name: string, value: unknown): TaskArgBinding {
  return { kind: "literal", name, value: serialize(value ?? null), from_default: false };
}

/** Adds the outlets of the handler, which a Dag file would declare. */
function declareOutlets(handler: TaskHandler<object>, store: MemoryStore): void {
  for (const outlet of handler.outlets) {
    const { name, uri } = assetOf(outlet);
    store.setAsset({ name, uri, group: "asset", extra: {}, active: true });
  }
}

/** Names the asset after its URI, or the other way round, as Airflow does. */
function assetOf(outlet: AssetRef): NewAsset {
  if (typeof outlet === "string") return { name: outlet, uri: outlet };
  const { name = outlet.uri ?? "", uri = name } = outlet;
  return { name, uri };
}
