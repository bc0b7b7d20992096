/**
 * What a test says of the world that its task runs in.
 *
 * @module
 */
import { connectionOf } from "../local/fixtures/connection.ts";
import { type Fixtures, parseFixtures, seedStore } from "../local/fixtures/fixtures.ts";
import { taskStateScope } from "../local/api/state_answers.ts";
import { MemoryStore } from "../local/store/store.ts";
import { TaskRuntimeError } from "../error.ts";
import type { SchemaDate, TaskArgBinding } from "../protocol/generated.ts";
import { serialize } from "../runtime/context/serialize.ts";
import type { AssetRef } from "../sdk/assets.ts";
import type { NewAsset } from "../sdk/outlets.ts";
import type { TaskHandler } from "../sdk/task_handler.ts";
import type { Fault } from "./faults.ts";
import type { FakeClock } from "./fake_clock.ts";

/** A connection by its parts, with Airflow's own names. */
export interface ConnectionInput {
  /** The kind of system, e.g. `"postgres"`. */
  readonly conn_type: string;
  /** Host name or address. */
  readonly host?: string;
  /** Database schema, or what the kind of system makes of it. */
  readonly schema?: string;
  /** User name. */
  readonly login?: string;
  /** Password. */
  readonly password?: string;
  /** Port number. */
  readonly port?: number;
  /** Further settings: an object, or the text that Airflow keeps. */
  readonly extra?: string | Readonly<Record<string, unknown>>;
}

/** An asset as a fixtures file describes it. */
export interface AssetInput {
  /** Its URI; its name by default. */
  readonly uri?: string;
  /** Its group. */
  readonly group?: string;
  /** What the Dag says of it. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** Whether a Dag still declares it; true by default. */
  readonly active?: boolean;
}

/** What a test says of the world that its task runs in; nothing is in it but what is said. */
export interface WorldInputs<Args = unknown> {
  /**
   * What a fixtures file of `dev` holds, e.g. `import fixtures from "./dev.json" with { type:
   * "json" }`; what the other options say comes on top of it. Dag runs, task instances, asset events
   * and the like are told here.
   */
  readonly fixtures?: Readonly<Record<string, unknown>>;
  /** The arguments of the call in the Dag file, by the names of the Python parameters. */
  readonly args?: Partial<Args> & Readonly<Record<string, unknown>>;
  /** XComs, by task and key: `{ extract: { return_value: { rows: 42 } } }`. */
  readonly xcoms?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** XComs of mapped tasks, by task and key: one value a map index. */
  readonly mappedXComs?: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>>;
  /** Variables, by key; what is no text is kept as JSON. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Connections, by id: their parts, or a URI. */
  readonly connections?: Readonly<Record<string, ConnectionInput | string>>;
  /** Assets, by name; the handler's own outlets are there without being named. */
  readonly assets?: Readonly<Record<string, AssetInput>>;
  /** What `ctx.state` holds, by key. */
  readonly state?: Readonly<Record<string, unknown>>;
  /** The Dag run, with the names of a fixtures file: `run_id`, `logical_date`, `run_type`, … */
  readonly dagRun?: Readonly<Record<string, unknown>>;
  /** The Dag run's `conf`, which holds its params. */
  readonly conf?: Readonly<Record<string, unknown>>;
  /** How many retries the task has (Airflow's `max_tries`); 0 by default. */
  readonly retries?: number;
  /** The index of a mapped task; -1 by default: not mapped. */
  readonly mapIndex?: number;
  /**
   * The schema date of the bundle. By default what `pack` declares, 2026-06-16; with `args`, which
   * came later, 2026-10-30.
   */
  readonly schema?: SchemaDate;
  /** The time that the task goes by; the real one by default. */
  readonly clock?: FakeClock;
  /** What goes wrong between the task and Airflow; of several that fit, the first happens. */
  readonly faults?: readonly Fault[];
  /** Aborting it ends the task as Airflow does, by SIGTERM. */
  readonly signal?: AbortSignal;
  /** What Airflow sets for the runtime: `AIRFLOW__LOGGING__LOGGING_LEVEL` is `INFO` by default. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The world, made. */
export interface World {
  /** Airflow's state. */
  readonly store: MemoryStore;
  /** What was said, checked. */
  readonly fixtures: Fixtures;
  /** The Dag run's id. */
  readonly runId: string;
  /** The arguments as Airflow binds them; undefined when none are given. */
  readonly args: readonly TaskArgBinding[] | undefined;
  /** The schema date. */
  readonly date: SchemaDate;
}

/**
 * Makes the world of a task.
 *
 * @throws {TaskRuntimeError} `INVALID` when something is not as Airflow has it, naming the place
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

/** The sections that the options of a test have in common with a fixtures file. */
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
    throw new TaskRuntimeError("INVALID", "Cannot read the fixtures: they are no JSON", { cause });
  }
}

function bindingOf(name: string, value: unknown): TaskArgBinding {
  return { kind: "literal", name, value: serialize(value ?? null), from_default: false };
}

/** In a Dag file they would be declared too. */
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
