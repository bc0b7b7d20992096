/**
 * What an author's calls amount to: the Dag as data, for whoever serializes, runs or draws it.
 *
 * @module
 */
import type { DagOptions } from "./dag_options.ts";
import type { SourcePlace } from "./source_place.ts";
import type { TaskOptions } from "./task_options.ts";
import type { MapSource } from "./value_ref.ts";
import type { Handler } from "../task_handler.ts";

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
export type TaskWork = HandlerWork | EmptyWork | OperatorWork;

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

/** One of Airflow's Python operators does. */
export interface OperatorWork {
  readonly kind: "operator";
  /** Import path of the class. */
  readonly classpath: string;
  readonly arguments: Readonly<Record<string, unknown>>;
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
    readonly sources: Readonly<Record<string, MapSource<unknown>>>;
  }
  | { readonly kind: "list-of-dicts"; readonly source: MapSource<unknown> };

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
