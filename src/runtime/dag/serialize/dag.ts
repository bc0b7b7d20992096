/**
 * A Dag in the form in which Airflow stores it: version 3 of its serialized Dags.
 *
 * What the author leaves out, Airflow's configuration decides, so that it is left out here too.
 *
 * @module
 */
import type { JsonObject, JsonValue } from "../../../protocol/value.ts";
import { DAG_OPTION_KINDS, taskDefaultsOf, timezoneOf } from "../../../sdk/dag/dag_options.ts";
import type { DagDefinition, TaskDefinition } from "../../../sdk/dag/definition.ts";
import type { Graph } from "../../../sdk/dag/graph.ts";
import { checkGraph } from "../../../sdk/dag/graph_check.ts";
import { readParams } from "../../../sdk/dag/param.ts";
import { readSchedule, type ScheduleDefinition } from "../../../sdk/dag/schedule.ts";
import { TASK_OPTION_KINDS, type TaskOptions } from "../../../sdk/dag/task_options.ts";
import type { DagLocation } from "../dag_part.ts";
import { dependenciesOf, type Dependency, encodeAsset } from "./asset.ts";
import { encodeAccessControl } from "./access_control.ts";
import { encodeDeadline } from "./deadline.ts";
import { typed } from "./encoding.ts";
import { encodeOption, fieldName, fieldsOf, momentSeconds } from "./fields.ts";
import { checkDefaults } from "../param_defaults.ts";
import { encodeParams } from "./param.ts";
import { encodeTask } from "./task.ts";
import { encodeGroup } from "./task_group.ts";
import { encodeTimetable } from "./timetable.ts";

const VERSION = 3;

const DEFAULTS: JsonObject = { fail_fast: false, render_template_as_native_obj: false };

/**
 * Serializes a Dag.
 *
 * @throws {TaskRuntimeError} `INVALID` for a Dag that is not whole, or a value that JSON has no word
 * for
 */
export function serializeDag(dag: DagDefinition, location: DagLocation): JsonObject {
  const what = `Dag "${dag.dagId}"`;
  const graph = checkGraph(dag);
  const { options } = dag;
  const timezone = timezoneOf(options);
  const schedule = readSchedule(what, options.schedule, timezone);
  const params = readParams(what, options.params);
  checkDefaults(params, what);
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

/** The defaults of tasks, as the UI shows them; the tasks have them already. */
function defaultArgs(options: TaskOptions): JsonObject {
  const fields: Record<string, JsonValue> = {};
  for (const [option, kind] of Object.entries(TASK_OPTION_KINDS)) {
    const value: unknown = Reflect.get(options, option);
    if (value === undefined) continue;
    const encoded = encodeOption(value, kind, option);
    if (encoded === undefined || kind === "own") continue;
    const name = fieldName(option);
    if (kind === "length") fields[name] = typed("timedelta", encoded);
    else if (kind === "moment") fields[name] = typed("datetime", momentSeconds(value) ?? 0);
    else fields[name] = encoded;
  }
  const { inlets = [], outlets = [] } = options;
  if (inlets.length > 0) fields["inlets"] = inlets.map(encodeAsset);
  if (outlets.length > 0) fields["outlets"] = outlets.map(encodeAsset);
  return fields;
}

/** The edges to other Dags and to assets, in Airflow's order. */
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

function isList<Item>(value: Item | readonly Item[]): value is readonly Item[] {
  return Array.isArray(value);
}
