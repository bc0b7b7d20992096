/**
 * Tasks in a serialized Dag.
 *
 * @module
 */
import type { JsonObject, JsonValue } from "../../../protocol/value.ts";
import type { DagOptions } from "../../../sdk/dag/dag_options.ts";
import { nameOf, type TaskDefinition } from "../../../sdk/dag/definition.ts";
import { isMapped, mappedGroupOf } from "../../../sdk/dag/definition.ts";
import type { Graph } from "../../../sdk/dag/graph.ts";
import { isJson, type ParamDefinition, readParams } from "../../../sdk/dag/param.ts";
import { TASK_OPTION_KINDS } from "../../../sdk/dag/task_options.ts";
import { originOf } from "../../../sdk/dag/value_ref.ts";
import { encodeAsset } from "./asset.ts";
import { encodeExpansion, encodeParams, typed } from "./encoding.ts";
import { fieldName, fieldsOf, secondsOfTime } from "./fields.ts";

/** Airflow's defaults of a task's fields, which it omits. */
const DEFAULTS: JsonObject = {
  owner: "airflow",
  trigger_rule: "all_success",
  depends_on_past: false,
  ignore_first_depends_on_past: false,
  wait_for_past_depends_before_skipping: false,
  wait_for_downstream: false,
  retries: 0,
  queue: "default",
  pool: "default_pool",
  pool_slots: 1,
  retry_exponential_backoff: 0,
  priority_weight: 1,
  weight_rule: "downstream",
  do_xcom_push: true,
  returns_dag_result: false,
  multiple_outputs: false,
};

/** Airflow's default delay, which it writes nevertheless. */
const RETRY_DELAY = 300;

/** Fields that the instances of a mapped task do not have. */
const MAPPED_FIELDS: ReadonlySet<string> = new Set(["start_date", "end_date"]);

/** The type of task that Airflow shows for a function of the file. */
const OWN_KIND = { type: "TypeScriptTask", module: "airflow_task_runtime" } as const;

/** Encodes a task as `{ __type, __var }`. */
export function encodeTask(
  task: TaskDefinition,
  graph: Graph,
  dagParams: readonly ParamDefinition[],
): JsonObject {
  const what = nameOf(task);
  const options = optionFields(task);
  const downstream = [...graph.downstream.get(task) ?? []].map(({ id }) => id).toSorted();
  const common: Record<string, JsonValue> = {
    task_id: task.id,
    ...kindFields(task),
    ...(downstream.length === 0 ? {} : { downstream_task_ids: downstream }),
    ...paramFields(task, dagParams, what),
    ...bindingFields(task),
  };
  if (task.expansion === undefined) {
    return typed("operator", {
      ...common,
      _needs_expansion: mappedGroupOf(task) !== undefined,
      has_retry_policy: task.options.retryPolicy !== undefined,
      retry_delay: RETRY_DELAY,
      ...options,
    });
  }
  return typed("operator", {
    ...common,
    ...mappedFields(options),
    _is_mapped: true,
    _disallow_kwargs_override: task.expansion.kind === "list-of-dicts",
    _expand_input_attr: "expand_input",
    expand_input: encodeExpansion(task.expansion, what),
    partial_kwargs: partialKwargs(task, options),
  });
}

function kindFields(task: TaskDefinition): Record<string, JsonValue> {
  const { work, branch } = task;
  const canSkip = branch !== undefined ? { _can_skip_downstream: true } : {};
  if (work.kind === "empty") {
    return {
      ...classFields("airflow.providers.standard.operators.empty.EmptyOperator"),
      ui_color: "#e8f7e4",
      template_fields: [],
      _is_empty: true,
    };
  }
  const { guise } = work;
  const base = { template_fields: [], is_stub: true, ...canSkip };
  if (guise === undefined) {
    return { task_type: OWN_KIND.type, _task_module: OWN_KIND.module, ...base };
  }
  return {
    ...classFields(guise.classpath),
    ...base,
    ui_color: guise.color,
    ...(guise.canSkip === true ? { _can_skip_downstream: true } : {}),
    ...(guise.isSensor === true ? { _is_sensor: true } : {}),
    ...(Object.keys(guise.links).length > 0 ? { _operator_extra_links: guise.links } : {}),
  };
}

function classFields(classpath: string): { task_type: string; _task_module: string } {
  const dot = classpath.lastIndexOf(".");
  return { task_type: classpath.slice(dot + 1), _task_module: classpath.slice(0, dot) };
}

/** Encodes the options, without those that equal Airflow's defaults or the Dag's dates. */
function optionFields(task: TaskDefinition): Record<string, JsonValue> {
  const { options, dag: { options: dag } } = task;
  const fields = fieldsOf({ ...options }, TASK_OPTION_KINDS, DEFAULTS);
  clampDates(fields, dag);
  const { inlets = [], outlets = [], displayName } = options;
  return {
    ...fields,
    ...(inlets.length === 0 ? {} : { inlets: inlets.map(encodeAsset) }),
    ...(outlets.length === 0 ? {} : { outlets: outlets.map(encodeAsset) }),
    ...(displayName === undefined ? {} : { _task_display_name: displayName }),
    ...(task.role === "setup" ? { is_setup: true } : {}),
    ...(task.role === "teardown"
      ? {
        is_teardown: true,
        trigger_rule: "all_done_setup_success",
        ...(task.onFailureFailDagRun ? { on_failure_fail_dagrun: true } : {}),
      }
      : {}),
  };
}

/** Removes a task's dates outside of the Dag's, as Airflow does. */
function clampDates(fields: Record<string, JsonValue>, dag: DagOptions): void {
  const clamp = (name: string, bound: number | undefined, isStart: boolean): void => {
    const own = fields[name];
    if (typeof own !== "number" || bound === undefined) return;
    if (isStart ? own <= bound : own >= bound) delete fields[name];
  };
  clamp("start_date", secondsOfTime(dag.startDate), true);
  clamp("end_date", secondsOfTime(dag.endDate), false);
}

/** Encodes the options of a mapped task's instances, where lengths of time have their type. */
function partialKwargs(
  task: TaskDefinition,
  options: Readonly<Record<string, JsonValue>>,
): JsonObject {
  const kinds: Readonly<Record<string, unknown>> = Object.fromEntries(
    Object.entries(TASK_OPTION_KINDS).map(([option, kind]) => [fieldName(option), kind]),
  );
  const entries = Object.entries(options).flatMap(([name, value]): [string, JsonValue][] => {
    if (MAPPED_FIELDS.has(name)) return [];
    if (name === "_task_display_name") return [["task_display_name", value]];
    return [[name, kinds[name] === "duration" ? typed("timedelta", value) : value]];
  });
  const hasPolicy = task.options.retryPolicy === undefined ? {} : { has_retry_policy: true };
  return {
    retry_delay: typed("timedelta", RETRY_DELAY),
    ...hasPolicy,
    ...Object.fromEntries(entries),
  };
}

/** Selects the options that belong to a mapped task, not to its instances. */
function mappedFields(options: Readonly<Record<string, JsonValue>>): Record<string, JsonValue> {
  return Object.fromEntries(Object.entries(options).filter(([name]) => MAPPED_FIELDS.has(name)));
}

/** Encodes the Dag's params, overridden by those of the task. */
function paramFields(
  task: TaskDefinition,
  dagParams: readonly ParamDefinition[],
  what: string,
): Record<string, JsonValue> {
  const own = readParams(what, task.options.params);
  const named = new Map(own.map((param) => [param.name, param]));
  const all = [
    ...dagParams.map((param) => {
      const over = named.get(param.name);
      named.delete(param.name);
      return over === undefined
        ? { param, source: "dag" as const }
        : { param: over, source: "task" as const };
    }),
    ...[...named.values()].map((param) => ({ param, source: "task" as const })),
  ];
  return all.length === 0 ? {} : { params: encodeParams(all, what) };
}

/**
 * Encodes the arguments as Airflow passes them to other runtimes, if they fit its form. Our runtime
 * reads them from the Dag itself.
 */
function bindingFields(task: TaskDefinition): Record<string, JsonValue> {
  if (task.work.kind !== "handler" || task.inputs === undefined) return {};
  const bindings: JsonValue[] = [];
  for (const [name, value] of Object.entries(task.inputs)) {
    const origin = originOf(value);
    if (origin?.kind === "output" && origin.key === "return_value" && !isMapped(origin.task)) {
      bindings.push({ name, kind: "xcom", task_id: origin.task.id });
    } else if (origin === undefined && isJson(value)) {
      bindings.push({ name, kind: "literal", value });
    } else return {};
  }
  return bindings.length === 0 ? {} : { _arg_bindings: bindings };
}
