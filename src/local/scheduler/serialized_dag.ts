/**
 * Reads Airflow's serialized Dags, version 3, into plans.
 *
 * @module
 */

import { TaskRuntimeError } from "../../error.ts";
import type { JsonObject } from "../../protocol/generated.ts";
import { isJsonObject } from "../../protocol/json_value.ts";
import type {
  DagPlan,
  MappedList,
  Mapping,
  PlannedGroup,
  PlannedParam,
  PlannedTask,
} from "./dag_plan.ts";

const VERSION = 3;
const DEFAULT_RETRY_SECONDS = 300;
/** Airflow's limit for a delay that grows from try to try. */
const MAX_RETRY_SECONDS = 24 * 60 * 60;
const NOT_SET = "arg_not_set";

/**
 * Reads a serialized Dag.
 *
 * @throws {TaskRuntimeError} `UNSUPPORTED` for another version than 3; `INVALID` for other values
 */
export function readPlan(data: JsonObject): DagPlan {
  const { __version: version, dag } = data;
  if (version !== VERSION) {
    throw new TaskRuntimeError(
      "UNSUPPORTED",
      `Cannot read the Dag: its serialization version must be ${VERSION}, got ${String(version)}`,
    );
  }
  if (!isJsonObject(dag)) {
    throw new TaskRuntimeError("INVALID", "Cannot read the Dag: it must be an object");
  }
  const fields = list(dag["tasks"]).map(taskFields).filter((task) => task !== undefined);
  const downstream = new Map(fields.map((task) => [text(task["task_id"]), downstreamOf(task)]));
  const upstream = new Map<string, Set<string>>(
    [...downstream.keys()].map((id) => [id, new Set()]),
  );
  for (const [from, ends] of downstream) for (const to of ends) upstream.get(to)?.add(from);
  const root = readGroup(dag["task_group"]);
  const mapped = mappedGroups(root);
  const tasks = fields.map((task): [string, PlannedTask] => {
    const taskId = text(task["task_id"]);
    return [
      taskId,
      readTask(task, {
        upstream: upstream.get(taskId) ?? new Set(),
        downstream: downstream.get(taskId) ?? new Set(),
        mappedGroups: mapped.get(taskId) ?? [],
      }),
    ];
  });
  const timetable = isJsonObject(dag["timetable"]) ? dag["timetable"] : {};
  const settings = timetable["__var"];
  return {
    dagId: text(dag["dag_id"]),
    tasks: new Map(tasks),
    root,
    failFast: dag["fail_fast"] === true,
    maxActiveTasks: number(dag["max_active_tasks"]),
    params: list(dag["params"]).flatMap(readParam),
    timetable: {
      type: text(timetable["__type"]),
      settings: isJsonObject(settings) ? settings : {},
    },
    edgeLabels: readLabels(dag["edge_info"]),
  };
}

/** The fields of a task; a mapped task has the fields of its instances in `partial_kwargs`. */
function taskFields(task: unknown): JsonObject | undefined {
  const fields = ofType(task, "operator");
  if (!isJsonObject(fields)) return undefined;
  const partial = fields["partial_kwargs"];
  return isJsonObject(partial) ? { ...partial, ...fields } : fields;
}

type Place = Pick<PlannedTask, "upstream" | "downstream" | "mappedGroups">;

function readTask(fields: JsonObject, place: Place): PlannedTask {
  const taskId = text(fields["task_id"]);
  const isTeardown = fields["is_teardown"] === true;
  return {
    ...place,
    taskId,
    displayName: text(fields["_task_display_name"] ?? fields["task_display_name"], taskId),
    work: fields["_is_empty"] === true
      ? "empty"
      : fields["is_stub"] === true
      ? "bundle"
      : "operator",
    operator: text(fields["task_type"]),
    triggerRule: text(fields["trigger_rule"], "all_success"),
    role: isTeardown ? "teardown" : fields["is_setup"] === true ? "setup" : undefined,
    failsRun: fields["on_failure_fail_dagrun"] === true,
    chooses: fields["_can_skip_downstream"] === true,
    retries: number(fields["retries"]) ?? 0,
    retryDelay: retryDelayOf(fields),
    maxActive: Math.min(
      number(fields["max_active_tis_per_dag"]) ?? Infinity,
      number(fields["max_active_tis_per_dagrun"]) ?? Infinity,
    ),
    mapping: fields["_is_mapped"] === true ? readMapping(fields["expand_input"]) : undefined,
  };
}

/** Airflow's delay, without the random part that Airflow adds to growing delays. */
function retryDelayOf(fields: JsonObject): (tryNumber: number) => number {
  const first = number(plainValue(fields["retry_delay"])) ?? DEFAULT_RETRY_SECONDS;
  const most = number(plainValue(fields["max_retry_delay"])) ?? MAX_RETRY_SECONDS;
  const growth = number(fields["retry_exponential_backoff"]) ?? 0;
  if (growth === 0) return () => first;
  return (tryNumber) => Math.min(most, first * growth ** (tryNumber - 1));
}

function downstreamOf(fields: JsonObject): Set<string> {
  return new Set(list(fields["downstream_task_ids"]).map((id) => text(id)));
}

function readGroup(value: unknown): PlannedGroup {
  const fields = isJsonObject(value) ? value : {};
  const groupId = text(fields["_group_id"]);
  const children = Object.entries(isJsonObject(fields["children"]) ? fields["children"] : {});
  const tasks: string[] = [];
  const groups: PlannedGroup[] = [];
  for (const [id, child] of children) {
    const [kind, inside] = list(child);
    if (kind === "operator") tasks.push(id);
    else groups.push({ ...readGroup(inside), groupId: id });
  }
  return {
    groupId,
    displayName: text(fields["group_display_name"]) || groupId,
    mapping: fields["is_mapped"] === true ? readMapping(fields["expand_input"]) : undefined,
    tasks,
    groups,
  };
}

/** The mapped groups around each task, the innermost first. */
function mappedGroups(root: PlannedGroup): Map<string, readonly PlannedGroup[]> {
  const found = new Map<string, readonly PlannedGroup[]>();
  const enter = (group: PlannedGroup, outer: readonly PlannedGroup[]): void => {
    const around = group.mapping === undefined ? outer : [group, ...outer];
    for (const taskId of group.tasks) found.set(taskId, around);
    for (const inner of group.groups) enter(inner, around);
  };
  enter(root, []);
  return found;
}

function readParam(entry: unknown): PlannedParam[] {
  const [name, param] = list(entry);
  if (typeof name !== "string" || !isJsonObject(param)) return [];
  const { default: value, schema } = param;
  const isMissing = isJsonObject(value) && value["__type"] === NOT_SET;
  const plain = plainValue(schema);
  return [{
    name,
    default: isMissing ? undefined : plainValue(value),
    schema: isJsonObject(plain) ? plain : {},
  }];
}

function readLabels(value: unknown): ReadonlyMap<string, ReadonlyMap<string, string>> {
  if (!isJsonObject(value)) return new Map();
  return new Map(
    Object.entries(value).map(([from, ends]) => [
      from,
      new Map(
        Object.entries(isJsonObject(ends) ? ends : {}).flatMap(([to, edge]): [string, string][] =>
          isJsonObject(edge) && typeof edge["label"] === "string" ? [[to, edge["label"]]] : []
        ),
      ),
    ]),
  );
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown, otherwise = ""): string {
  return typeof value === "string" ? value : otherwise;
}

function number(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** Reads `expand_input` of a mapped task or group; undefined for other values. */
function readMapping(value: unknown): Mapping | undefined {
  if (!isJsonObject(value)) return undefined;
  const source = value["value"];
  if (value["type"] === "list-of-dicts") return { lists: [readList(source)] };
  const lists = ofType(source, "dict");
  return { lists: isJsonObject(lists) ? Object.values(lists).map(readList) : [] };
}

function readList(value: unknown): MappedList {
  const reference = ofType(value, "xcomref");
  if (isJsonObject(reference)) return readReference(reference);
  if (Array.isArray(value)) return { kind: "literal", length: value.length };
  const items = ofType(value, "dict") ?? ofType(value, "set") ?? ofType(value, "tuple");
  if (Array.isArray(items)) return { kind: "literal", length: items.length };
  return { kind: "literal", length: isJsonObject(items) ? Object.keys(items).length : 0 };
}

function readReference(value: unknown): MappedList {
  if (!isJsonObject(value)) return { kind: "literal", length: 0 };
  const { type, args, arg, task_id: taskId } = value;
  if (type === "map") return readReference(arg);
  const lists = Array.isArray(args) ? args.map(readReference) : [];
  if (type === "zip") return { kind: "zip", lists, fills: Object.hasOwn(value, "fillvalue") };
  if (type === "concat") return { kind: "concat", lists };
  return { kind: "result", taskId: typeof taskId === "string" ? taskId : "" };
}

/** The content of a `{ __type, __var }` of that type; undefined for other values. */
function ofType(value: unknown, type: string): unknown {
  return isJsonObject(value) && value["__type"] === type ? value["__var"] : undefined;
}

/** Replaces every `{ __type, __var }` in a value by its content. */
function plainValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainValue);
  if (!isJsonObject(value)) return value;
  if (typeof value["__type"] === "string" && Object.hasOwn(value, "__var")) {
    return plainValue(value["__var"]);
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainValue(item)]));
}
