/** Specs of Dags with Airflow's names, which these tests build in TypeScript and Airflow in Python. */
import { allOf, anyOf, Asset, AssetAlias, concat, Dag, zip } from "../../../mod.ts";
import { type AssetCondition, isAssetCondition } from "../../../src/sdk/dag/asset.ts";
import type { TaskGroupOptions } from "../../../src/sdk/dag/definition.ts";
import type { DagOptions } from "../../../src/sdk/dag/dag_options.ts";
import { DAG_OPTION_KINDS } from "../../../src/sdk/dag/dag_options.ts";
import type { ParamDefinitions } from "../../../src/sdk/dag/param.ts";
import type { TaskGroup, TaskMaker } from "../../../src/sdk/dag/task_group.ts";
import { TASK_OPTION_KINDS, type TaskOptions } from "../../../src/sdk/dag/task_options.ts";
import type { TaskRef } from "../../../src/sdk/dag/task_ref.ts";
import { dagPartOf } from "../../../src/runtime/dag/dag_part.ts";
import { fieldName } from "../../../src/runtime/dag/serialize/fields.ts";
import { serializeDag } from "../../../src/runtime/dag/serialize/dag.ts";
import type { JsonObject } from "../../../src/protocol/value.ts";

/** A Dag, by Airflow's names. */
export interface DagSpec {
  readonly dag_id: string;
  readonly spec: Readonly<Record<string, unknown>>;
  /** The ids of groups, outer ones first. */
  readonly groups?: readonly string[];
  readonly tasks: readonly TaskSpec[];
  /** The groups by id. */
  readonly group_specs?: Readonly<Record<string, GroupSpec>>;
  /** The edges: pairs of ids of tasks and groups, and a label. */
  readonly order_edges?: readonly (readonly [string, string, string?])[];
}

/** A group, by Airflow's names. */
export interface GroupSpec {
  readonly spec?: Readonly<Record<string, unknown>>;
  /** The lists that it is mapped over, by name. */
  readonly expand?: Readonly<Record<string, unknown[]>>;
}

/** A task, by Airflow's names. */
export interface TaskSpec {
  /** The id without prefixes. */
  readonly task_id: string;
  readonly group?: string;
  readonly upstream: readonly string[];
  readonly spec: Readonly<Record<string, unknown>>;
  /** The lists that the task is mapped over, by argument: lists, or `{"__xcom": id}`. */
  readonly expand?: Readonly<Record<string, unknown>>;
  /** The list of objects that the task is mapped over: a list, or `{"__xcom": id}`. */
  readonly expand_kwargs?: unknown;
  readonly kind?: "empty";
  readonly role?: "setup" | "teardown";
  /** The setups of a teardown, by id. */
  readonly setups?: readonly string[];
  readonly on_failure_fail_dagrun?: boolean;
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
    const { spec: given = {}, expand } = spec.group_specs?.[id] ?? {};
    const group = within(dot < 0 ? undefined : id.slice(0, dot))
      .taskGroup(id.slice(dot + 1), groupOptionsOf(given));
    if (expand !== undefined) group.expand(expand);
    groups.set(id, group);
  }
  const refs = new Map<string, TaskRef<unknown>>();
  for (const task of spec.tasks) {
    const ref = placeTask(within(task.group), task, refs);
    if (task.role === "setup") ref.asSetup();
    if (task.role === "teardown") {
      ref.asTeardown({
        setups: (task.setups ?? []).map((id) => get(refs, id)),
        onFailureFailDagRun: task.on_failure_fail_dagrun ?? false,
      });
    }
    refs.set(keyOf(task), ref);
  }
  for (const task of spec.tasks) {
    for (const upstream of task.upstream) get(refs, upstream).before(get(refs, keyOf(task)));
  }
  for (const [from, to, label] of spec.order_edges ?? []) {
    const [upstream, downstream] = [from, to].map((id) => groups.get(id) ?? get(refs, id));
    if (upstream === undefined || downstream === undefined) continue;
    if (label === undefined) upstream.before(downstream);
    else upstream.before(downstream, { label });
  }
  return dag;
}

/** Returns a task's id after those of its groups, also if Airflow does not prefix them. */
export function keyOf({ task_id: id, group }: TaskSpec): string {
  return group === undefined ? id : `${group}.${id}`;
}

function placeTask(
  maker: TaskMaker<ParamDefinitions>,
  task: TaskSpec,
  refs: ReadonlyMap<string, TaskRef<unknown>>,
): TaskRef<unknown> {
  const options: TaskOptions = optionsOf(task.spec, TASK_OPTION_KINDS);
  if (task.kind === "empty") return maker.empty(task.task_id, options);
  const factory = maker.task<Record<string, unknown>, unknown>(
    task.task_id,
    () => undefined,
    options,
  );
  if (task.expand !== undefined) return factory.expand(sourcesOf(task.expand, refs));
  if (task.expand_kwargs === undefined) return factory({});
  return factory.expandKwargs(sourceOf(task.expand_kwargs, refs) as Record<string, unknown>[]);
}

type Source = TaskRef<unknown[]> | unknown[];

function sourcesOf(
  expand: Readonly<Record<string, unknown>>,
  refs: ReadonlyMap<string, TaskRef<unknown>>,
): Record<string, Source> {
  const entries = Object.entries(expand)
    .map(([name, source]): [string, Source] => [name, sourceOf(source, refs) as Source]);
  return Object.fromEntries(entries);
}

function sourceOf(source: unknown, refs: ReadonlyMap<string, TaskRef<unknown>>): unknown {
  if (Array.isArray(source)) return source;
  const { __xcom: id, __zip: zipped, __concat: joined } = Object(source);
  if (id !== undefined) return get(refs, id);
  const lists = (zipped ?? joined).map((each: string) => get(refs, each) as TaskRef<unknown[]>);
  return zipped === undefined ? concat(...lists) : zip(...lists);
}

function groupOptionsOf(spec: Readonly<Record<string, unknown>>): TaskGroupOptions {
  const { prefix_group_id: prefix, default_args: args, ...rest } = spec;
  const texts = Object.entries(rest).map(([name, text]) => [GROUP_OPTIONS[name] ?? name, text]);
  return {
    ...Object.fromEntries(texts),
    ...(prefix === undefined ? {} : { prefix: prefix === true }),
    ...(args === undefined ? {} : { defaultArgs: optionsOf(Object(args), TASK_OPTION_KINDS) }),
  };
}

const GROUP_OPTIONS: Readonly<Record<string, string>> = {
  group_display_name: "displayName",
  ui_color: "uiColor",
  ui_fgcolor: "uiFgColor",
};

/** Serializes the Dag of a spec. */
export function serializedOf(spec: DagSpec): JsonObject {
  const dag = dagPartOf(dagOf(spec));
  if (dag === undefined) throw new Error("Dag specs make Dags");
  return serializeDag(dag.definition, { file: "/bundles/specs", relativeFile: "specs" });
}

/** Airflow fills these in for a Dag of another language, from its configuration. */
const CONFIGURED = {
  catchup: false,
  max_active_tasks: 16,
  max_active_runs: 16,
  max_consecutive_failed_dag_runs: 0,
  disable_bundle_versioning: false,
};
/** The fields with the name and module of a Python class, and those of a language runtime. */
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

/** Values that JSON cannot express are marked. */
export function valueOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(valueOf);
  if (typeof value !== "object" || value === null) return value;
  if ("__datetime" in value) return Temporal.Instant.from(String(value.__datetime));
  if ("__timedelta" in value) return Number(value.__timedelta);
  if ("__asset" in value) {
    const { name, ...options } = Object(value.__asset);
    return new Asset(name, options);
  }
  if ("__ref" in value) return Asset.ref(String(value.__ref));
  if ("__timetable" in value) return namedOf(value.__timetable);
  if ("__deadline" in value) return namedOf(value.__deadline);
  if ("__any" in value) return anyOf(...assetsOf(value.__any));
  if ("__all" in value) return allOf(...assetsOf(value.__all));
  if ("__alias" in value) return new AssetAlias(String(value.__alias));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, valueOf(item)]));
}

/** The fields by our names, where Airflow's are in snake_case. */
function namedOf(fields: unknown): Record<string, unknown> {
  const entries = Object.entries(Object(fields)).map(([name, value]): [string, unknown] => [
    name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    valueOf(value),
  ]);
  return Object.fromEntries(entries);
}

function assetsOf(list: unknown): AssetCondition[] {
  return Array.isArray(list) ? list.map(valueOf).filter(isAssetCondition) : [];
}

function get<Value>(map: ReadonlyMap<string, Value>, id: string): Value {
  const found = map.get(id);
  if (found === undefined) throw new Error(`the spec names "${id}" and has none`);
  return found;
}
