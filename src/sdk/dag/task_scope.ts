/**
 * Where tasks are defined: a Dag, or a group in one.
 *
 * @module
 */
import type { TaskContext } from "../context.ts";
import type { DagDefinition, GroupDefinition, TaskDefinition, TaskWork } from "./definition.ts";
import { nameOf } from "./node.ts";
import type { ParamDefinitions, ParamValues } from "./param.ts";
import { checkId, conflict, invalid } from "./problem.ts";
import { taskDefaultsOf } from "./dag_options.ts";
import { at, type SourcePlace } from "./source_place.ts";
import { checkTaskOptions, type TaskOptions } from "./task_options.ts";

/** The arguments of a handler that wants none. */
export type NoArgs = Record<never, never>;

/** What the handler of a Dag's task is given: the context, with the Dag's params. */
export type DagTaskContext<Params extends ParamDefinitions = ParamDefinitions> =
  & Omit<TaskContext, "params">
  & {
    /** The Dag's params: the defaults, and what the run was triggered with. */
    readonly params: ParamValues<Params>;
  };

/** The work of a task of a Dag. */
export type DagTaskHandler<Args, Result, Params extends ParamDefinitions> = (
  args: Args,
  ctx: DagTaskContext<Params>,
) => Result | Promise<Result>;

/** What defines a task. */
export interface NewTask {
  readonly group: GroupDefinition;
  readonly taskId: string;
  readonly options: TaskOptions;
  readonly work: TaskWork;
  readonly place: SourcePlace;
}

/**
 * Defines a task.
 *
 * @throws {TaskRuntimeError} `INVALID` for an id or option that Airflow refuses; `CONFLICT` when the
 * Dag has one of this id already
 */
export function defineTask({ group, taskId, options, work, place }: NewTask): TaskDefinition {
  const { dag } = group;
  const id = prefixed(group, taskId);
  const what = `task "${dag.dagId}.${id}"`;
  checkId(what, id);
  if (work.kind === "handler" && typeof work.handler !== "function") {
    throw invalid(what, "its handler is no function");
  }
  checkTaskOptions(what, options);
  checkFree(dag, id, what);
  const task: TaskDefinition = {
    kind: "task",
    id,
    dag,
    group,
    options: { ...defaultsOf(group), ...options },
    work,
    place,
    inputs: undefined,
    expansion: undefined,
    role: "work",
    onFailureFailDagRun: false,
    branch: undefined,
  };
  const { triggerRule = "all_success" } = task.options;
  const isPlain = triggerRule === "all_success" || triggerRule === "all_done_setup_success";
  if (dag.options.failFast === true && !isPlain) {
    throw invalid(what, `its Dag fails fast, and then its trigger rule cannot be "${triggerRule}"`);
  }
  dag.tasks.set(id, task);
  group.children.push(task);
  return task;
}

/** Makes sure that a Dag has no task and no group of this id. */
export function checkFree(dag: DagDefinition, id: string, what: string): void {
  const taken = dag.tasks.get(id) ?? dag.groups.get(id);
  if (taken !== undefined) {
    throw conflict(what, `the Dag has a ${taken.kind} of this id already${at(taken.place)}`);
  }
}

/** The id with the prefix of the group around it. */
export function prefixed(group: GroupDefinition, id: string): string {
  // As in Airflow: a group without prefix gives its tasks none, of the groups around it either.
  return group.id === "" || group.options.prefix === false ? id : `${group.id}.${id}`;
}

/** The options that the Dag and the groups give, the innermost over the others. */
function defaultsOf(group: GroupDefinition): TaskOptions {
  const outer = group.parent === undefined
    ? taskDefaultsOf(group.dag.options)
    : defaultsOf(group.parent);
  return { ...outer, ...group.options.defaultArgs };
}

/** A function's own name, which stands for the id where none is given. */
export function idOf(handler: unknown, dag: DagDefinition): string {
  const name: unknown = typeof handler === "function" ? handler.name : undefined;
  if (typeof name === "string" && name !== "") return name;
  throw invalid(
    `a task of Dag "${dag.dagId}"`,
    "its function has no name that could be its id: give one as the first argument",
  );
}

/** Makes sure that each task has been called. */
export function checkAllCalled(dag: DagDefinition): void {
  const open = [...dag.tasks.values()].filter((task) => task.inputs === undefined);
  if (open.length === 0) return;
  const names = open.map((task) => `${nameOf(task)}${at(task.place)}`).join(", ");
  throw invalid(`Dag "${dag.dagId}"`, `never called, and so without a place in it: ${names}`);
}
