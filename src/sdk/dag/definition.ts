/**
 * The definition of a Dag as data, which serialization and task runs read.
 *
 * @module
 */
import type { Handler } from "../handler.ts";
import {
  checkAirflowId,
  checkGroupId,
  checkOptions,
  conflict,
  invalid,
  type OptionKind,
} from "./checks.ts";
import { type DagOptions, taskDefaultsOf } from "./dag_options.ts";
import { at, type SourcePlace } from "./source_place.ts";
import { checkTaskOptions, type TaskOptions } from "./task_options.ts";

/** The definition of a Dag. */
export interface DagDefinition {
  readonly dagId: string;
  readonly options: DagOptions;
  /** The tasks by id, in the order of definition. */
  readonly tasks: Map<string, TaskDefinition>;
  /** The group that contains all others; its id is empty. */
  readonly root: GroupDefinition;
  /** The groups by id with prefix, in the order of definition. */
  readonly groups: Map<string, GroupDefinition>;
  /** The edges as drawn: those of groups are not yet resolved to edges of tasks. */
  readonly edges: Edge[];
  readonly place: SourcePlace;
}

/** Makes the definition of a Dag without tasks. */
export function beginDag(dagId: string, options: DagOptions, place: SourcePlace): DagDefinition {
  const root: GroupDefinition = {
    kind: "group",
    id: "",
    label: "",
    // Dag and root refer to each other; a getter breaks the circle.
    get dag(): DagDefinition {
      return dag;
    },
    parent: undefined,
    options: {},
    children: [],
    expansion: undefined,
    place,
  };
  const dag: DagDefinition = {
    dagId,
    options,
    tasks: new Map(),
    root,
    groups: new Map(),
    edges: [],
    place,
  };
  return dag;
}

/** A task or a group. */
export type NodeDefinition = TaskDefinition | GroupDefinition;

/** An edge between two nodes. */
export interface Edge {
  readonly upstream: NodeDefinition;
  readonly downstream: NodeDefinition;
  /** The label in the UI. */
  readonly label?: string;
}

/** The definition of a task. */
export interface TaskDefinition {
  readonly kind: "task";
  /** The id with the prefixes of the groups. */
  readonly id: string;
  readonly dag: DagDefinition;
  readonly group: GroupDefinition;
  /** The task's options, with the defaults of its groups and Dag. */
  readonly options: TaskOptions;
  readonly work: TaskWork;
  readonly place: SourcePlace;
  /** The inputs by argument name; undefined until the task is called. */
  inputs: Readonly<Record<string, unknown>> | undefined;
  /** The lists that the task is mapped over, if any. */
  expansion: Expansion | undefined;
  role: "work" | "setup" | "teardown";
  /** Fails the Dag run if this teardown fails. */
  onFailureFailDagRun: boolean;
  /** What the task's result decides about downstream tasks. */
  branch: Branch | undefined;
}

/** The work of a task. */
export type TaskWork = HandlerWork | EmptyWork;

/** Work that a function of the author's file does. */
export interface HandlerWork {
  readonly kind: "handler";
  readonly handler: Handler<never>;
  /** The operator of Airflow that the task looks like. */
  readonly guise?: OperatorGuise;
}

/** No work: the scheduler completes the task. */
export interface EmptyWork {
  readonly kind: "empty";
}

/** The fields that make Airflow show a task as one of its own operators. */
export interface OperatorGuise {
  readonly classpath: string;
  readonly color: string;
  /** The XCom keys of links, by the text of their buttons. */
  readonly links: Readonly<Record<string, string>>;
  readonly canSkip?: boolean;
  readonly isSensor?: boolean;
  /** The edge to another Dag in the graph of Dags. */
  readonly dependency?: { readonly kind: "trigger" | "sensor"; readonly dagId: string };
}

/** The lists that a task or group is mapped over. */
export type Expansion =
  | {
    readonly kind: "dict-of-lists";
    readonly sources: Readonly<Record<string, unknown>>;
  }
  | { readonly kind: "list-of-dicts"; readonly source: unknown };

/** What a task's result decides. */
export type Branch =
  | {
    readonly kind: "if";
    then: readonly NodeDefinition[];
    otherwise: readonly NodeDefinition[];
  }
  | {
    readonly kind: "switch";
    readonly cases: { readonly value: unknown; readonly targets: readonly NodeDefinition[] }[];
    fallback: readonly NodeDefinition[] | undefined;
  }
  | { readonly kind: "short-circuit"; readonly respectTriggerRules: boolean };

/** The definition of a task group. */
export interface GroupDefinition {
  readonly kind: "group";
  /** The id with the prefixes of outer groups; empty for the root. */
  readonly id: string;
  /** The id without prefixes. */
  readonly label: string;
  readonly dag: DagDefinition;
  readonly parent: GroupDefinition | undefined;
  readonly options: TaskGroupOptions;
  /** The tasks and groups directly inside. */
  readonly children: NodeDefinition[];
  expansion: Expansion | undefined;
  readonly place: SourcePlace;
}

/** Options of a task group. */
export interface TaskGroupOptions {
  /** Prefixes the ids of its tasks with its own id; true by default. */
  prefix?: boolean;
  /** The name in the UI; the id by default. */
  displayName?: string;
  /** The tooltip in the UI. */
  tooltip?: string;
  /** Documentation, in Markdown. */
  docMd?: string;
  /** The color in the UI: a CSS name or `#rrggbb`; `"CornflowerBlue"` by default. */
  uiColor?: string;
  /** The color of the text in the UI; `"#000"` by default. */
  uiFgColor?: string;
  /** Default options of its tasks, which override those of the Dag. */
  defaultArgs?: TaskOptions;
}

/** Tells whether a task is mapped, by itself or with a group. */
export function isMapped(task: TaskDefinition): boolean {
  return task.expansion !== undefined || mappedGroupOf(task) !== undefined;
}

/** Returns the innermost mapped group of a task. */
export function mappedGroupOf(task: TaskDefinition): GroupDefinition | undefined {
  for (let group: GroupDefinition | undefined = task.group; group; group = group.parent) {
    if (group.expansion !== undefined) return group;
  }
  return undefined;
}

const GROUP_OPTION_KINDS = {
  prefix: "flag",
  displayName: "string",
  tooltip: "string",
  docMd: "string",
  uiColor: "string",
  uiFgColor: "string",
  defaultArgs: "own",
} as const satisfies Readonly<Record<keyof TaskGroupOptions, OptionKind>>;

/**
 * Defines a task group.
 *
 * @throws {TaskRuntimeError} `INVALID` for an id or option that Airflow refuses; `CONFLICT` when the
 * Dag already has a task or group of this id
 */
export function defineGroup(
  parent: GroupDefinition,
  groupId: string,
  options: TaskGroupOptions,
  place: SourcePlace,
): GroupDefinition {
  const { dag } = parent;
  checkGroupId(`group "${dag.dagId}.${groupId}"`, groupId);
  const id = prefixed(parent, groupId);
  const what = `group "${dag.dagId}.${id}"`;
  checkOptions(what, options, GROUP_OPTION_KINDS);
  if (options.defaultArgs !== undefined) checkTaskOptions(what, options.defaultArgs);
  checkFree(dag, id, what);
  const group: GroupDefinition = {
    kind: "group",
    id,
    label: groupId,
    dag,
    parent,
    options,
    children: [],
    expansion: undefined,
    place,
  };
  dag.groups.set(id, group);
  parent.children.push(group);
  return group;
}

/** A task to define. */
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
 * Dag already has a task or group of this id
 */
export function defineTask({ group, taskId, options, work, place }: NewTask): TaskDefinition {
  const { dag } = group;
  const id = prefixed(group, taskId);
  const what = `task "${dag.dagId}.${id}"`;
  checkAirflowId(what, id);
  if (work.kind === "handler" && typeof work.handler !== "function") {
    throw invalid(what, "its handler must be a function");
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
  const isAllowed = triggerRule === "all_success" || triggerRule === "all_done_setup_success";
  if (dag.options.failFast === true && !isAllowed) {
    throw invalid(what, `in a Dag with "failFast", its trigger rule cannot be "${triggerRule}"`);
  }
  dag.tasks.set(id, task);
  group.children.push(task);
  return task;
}

/** Checks that a Dag has no task and no group of this id. */
function checkFree(dag: DagDefinition, id: string, what: string): void {
  const taken = dag.tasks.get(id) ?? dag.groups.get(id);
  if (taken !== undefined) {
    throw conflict(what, `the Dag already has a ${taken.kind} of this id${at(taken.place)}`);
  }
}

/** Prefixes an id with that of its group. */
function prefixed(group: GroupDefinition, id: string): string {
  // As in Airflow, a group with `prefix: false` also drops the prefixes of outer groups.
  return group.id === "" || group.options.prefix === false ? id : `${group.id}.${id}`;
}

/** Returns the default options of a group's tasks; inner groups override outer ones. */
function defaultsOf(group: GroupDefinition): TaskOptions {
  const outer = group.parent === undefined
    ? taskDefaultsOf(group.dag.options)
    : defaultsOf(group.parent);
  return { ...outer, ...group.options.defaultArgs };
}

/** Returns a function's name, the id of a task that is defined without one. */
export function idOf(handler: unknown, dag: DagDefinition): string {
  const name: unknown = typeof handler === "function" ? handler.name : undefined;
  if (typeof name === "string" && name !== "") return name;
  throw invalid(
    `a task of Dag "${dag.dagId}"`,
    "its function has no name. Pass the task's id as the first argument",
  );
}

/** Returns the name of a node for messages: `task "etl.load"`. */
export function nameOf(node: NodeDefinition): string {
  return `${node.kind} "${node.dag.dagId}.${node.id}"`;
}
