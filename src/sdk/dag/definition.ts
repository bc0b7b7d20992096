/**
 * What an author's calls amount to: the Dag as data, for whoever serializes, runs or draws it.
 *
 * @module
 */
import type { Handler } from "../handler.ts";
import {
  checkGroupId,
  checkId,
  checkOptions,
  conflict,
  invalid,
  type OptionKind,
} from "./checks.ts";
import { type DagOptions, taskDefaultsOf } from "./dag_options.ts";
import { at, type SourcePlace } from "./source_place.ts";
import { checkTaskOptions, type TaskOptions } from "./task_options.ts";

/** A Dag as data. */
export interface DagDefinition {
  readonly dagId: string;
  readonly options: DagOptions;
  /** By id, in the order in which they were defined. */
  readonly tasks: Map<string, TaskDefinition>;
  /** The group that holds all others; its id is empty. */
  readonly root: GroupDefinition;
  /** By id, prefix included, in the order in which they were defined. */
  readonly groups: Map<string, GroupDefinition>;
  /** Edges as they were drawn, before those of groups are resolved into those of tasks. */
  readonly edges: Edge[];
  readonly place: SourcePlace;
}

/** An empty Dag. */
export function beginDag(dagId: string, options: DagOptions, place: SourcePlace): DagDefinition {
  const root: GroupDefinition = {
    kind: "group",
    id: "",
    label: "",
    // The two know each other; the getter lets the first come before the second.
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

/** `upstream` comes before `downstream`. */
export interface Edge {
  readonly upstream: NodeDefinition;
  readonly downstream: NodeDefinition;
  /** What the UI writes on it. */
  readonly label?: string;
}

/** A task of a Dag. */
export interface TaskDefinition {
  readonly kind: "task";
  /** Its id, prefixes of groups included. */
  readonly id: string;
  readonly dag: DagDefinition;
  readonly group: GroupDefinition;
  /** Its own options over those of its groups and Dag. */
  readonly options: TaskOptions;
  readonly work: TaskWork;
  readonly place: SourcePlace;
  /** What it is called with, by name; undefined until it is called. */
  inputs: Readonly<Record<string, unknown>> | undefined;
  /** What it is mapped over; undefined for a task that is not. */
  expansion: Expansion | undefined;
  role: "work" | "setup" | "teardown";
  /** Whether the Dag run fails when this teardown does. */
  onFailureFailDagRun: boolean;
  /** How its result chooses among the tasks behind it. */
  branch: Branch | undefined;
}

/** Who does a task's work. */
export type TaskWork = HandlerWork | EmptyWork;

/** A function of the author's file does. */
export interface HandlerWork {
  readonly kind: "handler";
  readonly handler: Handler<never>;
  /** How Airflow's UI names the kind of task, where it is one of Airflow's own. */
  readonly guise?: OperatorGuise;
}

/** Nobody has to. */
export interface EmptyWork {
  readonly kind: "empty";
}

/** What makes Airflow show and link a task as one of its own operators. */
export interface OperatorGuise {
  readonly classpath: string;
  readonly color: string;
  /** XCom keys of links, by the text on the button. */
  readonly links: Readonly<Record<string, string>>;
  readonly canSkip?: boolean;
  readonly isSensor?: boolean;
  /** The other Dag, in the dependency graph of Dags. */
  readonly dependency?: { readonly kind: "trigger" | "sensor"; readonly dagId: string };
}

/** What a task or group is mapped over. */
export type Expansion =
  | {
    readonly kind: "dict-of-lists";
    readonly sources: Readonly<Record<string, unknown>>;
  }
  | { readonly kind: "list-of-dicts"; readonly source: unknown };

/** How a task's result chooses. */
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

/** A group of tasks. */
export interface GroupDefinition {
  readonly kind: "group";
  /** Its id, prefixes of outer groups included; empty for the root. */
  readonly id: string;
  /** Its id within the outer group. */
  readonly label: string;
  readonly dag: DagDefinition;
  readonly parent: GroupDefinition | undefined;
  readonly options: TaskGroupOptions;
  /** Tasks and groups directly inside. */
  readonly children: NodeDefinition[];
  expansion: Expansion | undefined;
  readonly place: SourcePlace;
}

/** How a task group is defined. */
export interface TaskGroupOptions {
  /** Whether its id goes before those of its tasks; true by default. */
  prefix?: boolean;
  /** The name in the UI; its id by default. */
  displayName?: string;
  /** What the UI shows when the mouse is on it. */
  tooltip?: string;
  /** Its documentation, in Markdown. */
  docMd?: string;
  /** Its colour in the UI: a CSS name or `#rrggbb`; `"CornflowerBlue"` by default. */
  uiColor?: string;
  /** The colour of its text in the UI; `"#000"` by default. */
  uiFgColor?: string;
  /** Options of its tasks, unless they say otherwise; they go before the Dag's `defaultArgs`. */
  defaultArgs?: TaskOptions;
}

/** Tells whether a task is mapped, itself or with a group. */
export function isMapped(task: TaskDefinition): boolean {
  return task.expansion !== undefined || mappedGroupOf(task) !== undefined;
}

/** The nearest group around a task that is mapped. */
export function mappedGroupOf(task: TaskDefinition): GroupDefinition | undefined {
  for (let group: GroupDefinition | undefined = task.group; group; group = group.parent) {
    if (group.expansion !== undefined) return group;
  }
  return undefined;
}

const GROUP_OPTION_KINDS = {
  prefix: "flag",
  displayName: "text",
  tooltip: "text",
  docMd: "text",
  uiColor: "text",
  uiFgColor: "text",
  defaultArgs: "own",
} as const satisfies Readonly<Record<keyof TaskGroupOptions, OptionKind>>;

/**
 * Defines a group.
 *
 * @throws {TaskRuntimeError} `INVALID` for an id or option that Airflow refuses; `CONFLICT` when the
 * Dag has one of this id already
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

/** `task "etl.load"`. */
export function nameOf(node: NodeDefinition): string {
  return `${node.kind} "${node.dag.dagId}.${node.id}"`;
}
