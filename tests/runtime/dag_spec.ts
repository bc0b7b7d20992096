/** Dags as data, by Airflow's names: made into ours here, and into Airflow's own by Python. */
import { allOf, anyOf, Asset, AssetAlias, Dag } from "../../mod.ts";
import type { DagOptions } from "../../src/sdk/dag/dag_options.ts";
import { DAG_OPTION_KINDS } from "../../src/sdk/dag/dag_options.ts";
import { definitionOf } from "../../src/sdk/dag/dag.ts";
import type { ParamDefinitions } from "../../src/sdk/dag/param.ts";
import type { TaskGroup, TaskMaker } from "../../src/sdk/dag/task_group.ts";
import { TASK_OPTION_KINDS, type TaskOptions } from "../../src/sdk/dag/task_options.ts";
import type { TaskRef } from "../../src/sdk/dag/task_ref.ts";
import { fieldName } from "../../src/runtime/serialize_dag/fields.ts";
import { serializeDag } from "../../src/runtime/serialize_dag/dag.ts";
import type { JsonObject } from "../../src/protocol/value.ts";

/** A Dag, by Airflow's names. */
export interface DagSpec {
  readonly dag_id: string;
  readonly spec: Readonly<Record<string, unknown>>;
  /** Ids of groups, outer ones first. */
  readonly groups?: readonly string[];
  readonly tasks: readonly TaskSpec[];
  /** Pairs of ids of tasks and groups. */
  readonly order_edges?: readonly (readonly [string, string])[];
}

/** A task, by Airflow's names. */
export interface TaskSpec {
  /** Its id within its group. */
  readonly task_id: string;
  readonly group?: string;
  readonly upstream: readonly string[];
  readonly spec: Readonly<Record<string, unknown>>;
  /** What it is mapped over, by argument: lists, or `{"__xcom": id}`. */
  readonly expand?: Readonly<Record<string, unknown>>;
  readonly role?: "setup" | "teardown";
}

/** Makes the Dag of a spec. */
export function dagOf(spec: DagSpec): Dag<ParamDefinitions> {
  const options: DagOptions = optionsOf(spec.spec, DAG_OPTION_KINDS);
  const dag = new Dag<ParamDefinitions>(spec.dag_id, options);
  const groups = new Map<string, TaskGroup<ParamDefinitions>>();
  const within = (id: string | undefined): TaskMaker<ParamDefinitions> =>
    groups.get(id ?? "") ?? dag;
  for (const id of spec.groups ?? []) {
    const dot = id.lastIndexOf(".");
    groups.set(id, within(dot < 0 ? undefined : id.slice(0, dot)).taskGroup(id.slice(dot + 1)));
  }
  const refs = new Map<string, TaskRef<unknown>>();
  for (const task of spec.tasks) {
    const taskOptions: TaskOptions = optionsOf(task.spec, TASK_OPTION_KINDS);
    const factory = within(task.group).task<Record<string, unknown>, unknown>(
      task.task_id,
      () => undefined,
      taskOptions,
    );
    const ref = task.expand === undefined
      ? factory({})
      : factory.expand(sourcesOf(task.expand, refs));
    if (task.role === "setup") ref.asSetup();
    if (task.role === "teardown") ref.asTeardown();
    refs.set(ref.taskId, ref);
  }
  for (const task of spec.tasks) {
    const id = task.group === undefined ? task.task_id : `${task.group}.${task.task_id}`;
    for (const upstream of task.upstream) get(refs, upstream).before(get(refs, id));
  }
  for (const [from, to] of spec.order_edges ?? []) {
    (groups.get(from) ?? get(refs, from)).before(groups.get(to) ?? get(refs, to));
  }
  return dag;
}

function sourcesOf(
  expand: Readonly<Record<string, unknown>>,
  refs: ReadonlyMap<string, TaskRef<unknown>>,
): Record<string, TaskRef<unknown[]> | unknown[]> {
  const entries = Object.entries(expand).map(([name, source]): [
    string,
    TaskRef<unknown[]> | unknown[],
  ] => {
    if (Array.isArray(source)) return [name, source];
    const ref = get(refs, String(Reflect.get(Object(source), "__xcom")));
    return [name, ref as TaskRef<unknown[]>];
  });
  return Object.fromEntries(entries);
}

/** Serializes the Dag of a spec. */
export function serializedOf(spec: DagSpec): JsonObject {
  return serializeDag(definitionOf(dagOf(spec)), {
    file: "/bundles/specs",
    relativeFile: "specs",
  });
}

/** Airflow fills these in for a Dag of another language, from its configuration. */
const CONFIGURED = {
  catchup: false,
  max_active_tasks: 16,
  max_active_runs: 16,
  max_consecutive_failed_dag_runs: 0,
  disable_bundle_versioning: false,
};
/** What a Python class is called, where it is, and how another runtime is told of arguments. */
const OWN_TASK_FIELDS = ["task_type", "_task_module", "is_stub", "_arg_bindings"];
const OWN_DAG_FIELDS = ["fileloc", "relative_fileloc"];

/** A serialized Dag without what differs between languages. */
export function comparable(data: unknown): unknown {
  const { dag, ...rest } = Object(structuredClone(data));
  for (const name of OWN_DAG_FIELDS) delete dag[name];
  for (const task of dag.tasks) for (const name of OWN_TASK_FIELDS) delete task.__var[name];
  return { ...rest, dag: { ...CONFIGURED, ...dag } };
}

/** Options by our names, of those by Airflow's; what we do not have is left out. */
function optionsOf(
  spec: Readonly<Record<string, unknown>>,
  kinds: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const ours = new Map(Object.keys(kinds).map((option) => [fieldName(option), option]));
  ours.set("dag_display_name", "displayName");
  const entries = Object.entries(spec).flatMap(([name, value]): [string, unknown][] => {
    const option = ours.get(name);
    if (option === undefined) return [];
    if (option === "defaultArgs") return [[option, optionsOf(Object(value), TASK_OPTION_KINDS)]];
    return [[option, valueOf(value)]];
  });
  return Object.fromEntries(entries);
}

/** Values that JSON has no word for are marked. */
export function valueOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(valueOf);
  if (typeof value !== "object" || value === null) return value;
  if ("__datetime" in value) return Temporal.Instant.from(String(value.__datetime));
  if ("__timedelta" in value) return Number(value.__timedelta);
  if ("__asset" in value) {
    const { name, ...options } = Object(value.__asset);
    return new Asset(name, options);
  }
  if ("__any" in value) return anyOf(...assetsOf(value.__any));
  if ("__all" in value) return allOf(...assetsOf(value.__all));
  if ("__alias" in value) return new AssetAlias(String(value.__alias));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, valueOf(item)]));
}

function assetsOf(list: unknown): (Asset | AssetAlias)[] {
  const values = Array.isArray(list) ? list.map(valueOf) : [];
  return values.filter((each) => each instanceof Asset || each instanceof AssetAlias);
}

function get<Value>(map: ReadonlyMap<string, Value>, id: string): Value {
  const found = map.get(id);
  if (found === undefined) throw new Error(`the spec names "${id}" and has none`);
  return found;
}
