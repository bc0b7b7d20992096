/**
 * A Dag in version 3 of Airflow's serialized Dags.
 *
 * Options without a value are omitted, so that Airflow's configuration decides.
 *
 * @module
 */
import type { JsonObject, JsonValue } from "../../../protocol/value.ts";
import {
  DAG_OPTION_KINDS,
  type DagOptions,
  type DeadlineAlert,
  type DeadlineReference,
  taskDefaultsOf,
  timezoneOf,
} from "../../../sdk/dag/dag_options.ts";
import type { DagDefinition, TaskDefinition } from "../../../sdk/dag/definition.ts";
import { secondsIn } from "../../../sdk/time.ts";
import type { Graph } from "../../../sdk/dag/graph.ts";
import { readParams } from "../../../sdk/dag/param.ts";
import { readSchedule, type ScheduleDefinition } from "../../../sdk/dag/schedule.ts";
import { TASK_OPTION_KINDS, type TaskOptions } from "../../../sdk/dag/task_options.ts";
import { serialize } from "../../context/serialize.ts";
import { checkDag } from "../dag_check.ts";
import type { DagLocation } from "../dag_part.ts";
import { dependenciesOf, type Dependency, encodeAsset } from "./asset.ts";
import { encodeParams, isList, secondsSinceEpoch, typed } from "./encoding.ts";
import { encodeOption, fieldName, fieldsOf, secondsOfTime } from "./fields.ts";
import { encodeTask } from "./task.ts";
import { encodeGroup } from "./task_group.ts";
import { encodeTimetable } from "./timetable.ts";

const VERSION = 3;

const DEFAULTS: JsonObject = { fail_fast: false, render_template_as_native_obj: false };

/**
 * Serializes a Dag.
 *
 * @throws {TaskRuntimeError} `INVALID` for an incomplete Dag, or a value that JSON cannot express
 */
export function serializeDag(dag: DagDefinition, location: DagLocation): JsonObject {
  const what = `Dag "${dag.dagId}"`;
  const graph = checkDag(dag);
  const { options } = dag;
  const timezone = timezoneOf(options);
  const schedule = readSchedule(what, options.schedule, timezone);
  const params = readParams(what, options.params);
  const { deadline = [] } = options;
  const deadlines = isList(deadline) ? deadline : [deadline];
  return {
    __version: VERSION,
    dag: {
      dag_id: dag.dagId,
      fileloc: location.file,
      relative_fileloc: location.relativeFile,
      timezone,
      timetable: encodeTimetable(schedule),
      ...dagFields(dag),
      tasks: [...dag.tasks.values()].map((task) => encodeTask(task, graph, params)),
      task_group: encodeGroup(dag.root, graph),
      dag_dependencies: dependencies(dag, schedule).map((each) => ({ ...each })),
      edge_info: edgeInfo(graph),
      params: encodeParams(params.map((param) => ({ param, source: null })), what),
      deadline: deadlines.length === 0 ? null : deadlines.map(encodeDeadline),
      allowed_run_types: runTypes(options.allowedRunTypes),
    },
  };
}

function dagFields({ dagId, options }: DagDefinition): Record<string, JsonValue> {
  const { tags = [], displayName, accessControl } = options;
  const fields = fieldsOf({ ...options }, DAG_OPTION_KINDS, DEFAULTS);
  const { owner_links: owners, ...rest } = fields;
  const defaults = defaultArgs(taskDefaultsOf(options));
  return {
    ...rest,
    ...(owners === undefined ? {} : { owner_links: { ...options.ownerLinks } }),
    ...(tags.length === 0 ? {} : { tags: [...new Set(tags)].toSorted() }),
    ...(displayName === undefined || displayName === dagId
      ? {}
      : { dag_display_name: displayName }),
    ...(accessControl === undefined ? {} : { access_control: encodeAccessControl(accessControl) }),
    ...(Object.keys(defaults).length === 0 ? {} : { default_args: typed("dict", defaults) }),
  };
}

/** Encodes the default options of tasks for the UI; each task already contains them. */
function defaultArgs(options: TaskOptions): JsonObject {
  const fields: Record<string, JsonValue> = {};
  for (const [option, kind] of Object.entries(TASK_OPTION_KINDS)) {
    const value: unknown = Reflect.get(options, option);
    if (value === undefined) continue;
    const encoded = encodeOption(value, kind, option);
    if (encoded === undefined || kind === "own") continue;
    const name = fieldName(option);
    if (kind === "duration") fields[name] = typed("timedelta", encoded);
    else if (kind === "time") fields[name] = typed("datetime", secondsOfTime(value) ?? 0);
    else fields[name] = encoded;
  }
  const { inlets = [], outlets = [] } = options;
  if (inlets.length > 0) fields["inlets"] = inlets.map(encodeAsset);
  if (outlets.length > 0) fields["outlets"] = outlets.map(encodeAsset);
  return fields;
}

/** Returns the edges to other Dags and to assets, in Airflow's order. */
function dependencies(dag: DagDefinition, schedule: ScheduleDefinition): Dependency[] {
  const { dagId } = dag;
  const found = [...dag.tasks.values()].flatMap((task) => taskDependencies(task));
  if (schedule.kind === "assets") {
    found.push(...dependenciesOf(schedule.condition, { target: dagId }));
  } else if (schedule.kind === "asset-or-time") {
    const { assets } = schedule;
    for (const each of isList(assets) ? assets : [assets]) {
      found.push(...dependenciesOf(each, { target: dagId }));
    }
  }
  const order = (each: Dependency): string[] => [
    each.source,
    each.target,
    each.label,
    each.dependency_type,
    each.dependency_id,
  ];
  return found.toSorted((a, b) => compare(order(a), order(b)));
}

function taskDependencies(task: TaskDefinition): Dependency[] {
  const { dag: { dagId }, id, options, work } = task;
  const found = (options.outlets ?? []).flatMap((each) => dependenciesOf(each, { source: dagId }));
  const other = work.kind === "handler" ? work.guise?.dependency : undefined;
  if (other === undefined) return found;
  const [source, target] = other.kind === "trigger" ? [dagId, other.dagId] : [other.dagId, dagId];
  const label = options.displayName ?? id;
  found.push({ source, target, label, dependency_type: other.kind, dependency_id: id });
  return found;
}

function edgeInfo({ labels }: Graph): JsonObject {
  const entries = [...labels].map(([from, ends]): [string, JsonValue] => [
    from,
    Object.fromEntries([...ends].map(([to, label]) => [to, { label }])),
  ]);
  return Object.fromEntries(entries);
}

function runTypes(types: readonly string[] | undefined): JsonValue {
  return types === undefined || types.length === 0 ? null : [...new Set(types)].toSorted();
}

function compare(a: readonly string[], b: readonly string[]): number {
  for (const [i, text] of a.entries()) {
    const other = b[i] ?? "";
    if (text !== other) return text < other ? -1 : 1;
  }
  return 0;
}

/** Encodes actions by role and resource; a list of actions is for the resource of Dags. */
function encodeAccessControl(
  roles: NonNullable<DagOptions["accessControl"]>,
): JsonObject {
  const byRole = Object.entries(roles).map(([role, actions]): [string, JsonValue] => {
    const byResource = isActions(actions) ? { DAGs: actions } : actions;
    const entries = Object.entries(byResource)
      .map(([resource, each]): [string, JsonValue] => [
        resource,
        typed("set", [...new Set(each)].toSorted()),
      ]);
    return [role, typed("dict", Object.fromEntries(entries))];
  });
  return typed("dict", Object.fromEntries(byRole));
}

function isActions(
  value: readonly string[] | Readonly<Record<string, readonly string[]>>,
): value is readonly string[] {
  return Array.isArray(value);
}

function encodeDeadline({ name, reference, interval, callback }: DeadlineAlert): JsonObject {
  return {
    name: name ?? null,
    reference: encodeReference(reference),
    interval: {
      __classname__: "datetime.timedelta",
      __version__: 2,
      __data__: secondsIn(interval) ?? 0,
    },
    callback: {
      __classname__: "airflow.sdk.definitions.callback.AsyncCallback",
      __version__: 0,
      __data__: {
        path: callback.path,
        kwargs: serialize(callback.kwargs ?? {}),
        queue: callback.queue ?? null,
      },
    },
  };
}

function encodeReference(reference: DeadlineReference): JsonValue {
  if (reference === "logical-date") return { reference_type: "DagRunLogicalDateDeadline" };
  if (reference === "queued-at") return { reference_type: "DagRunQueuedAtDeadline" };
  if ("at" in reference) {
    return {
      reference_type: "FixedDatetimeDeadline",
      datetime: secondsSinceEpoch(reference.at),
    };
  }
  return {
    reference_type: "AverageRuntimeDeadline",
    max_runs: reference.averageRuntimeOf,
    min_runs: reference.minRuns ?? reference.averageRuntimeOf,
  };
}
