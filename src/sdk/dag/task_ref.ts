/**
 * References to called tasks, and to lists of their results.
 *
 * @module
 */
import { nameOf, type TaskDefinition } from "./definition.ts";
import {
  bindNode,
  checkNode,
  type DagNode,
  definitionOf,
  drawOrder,
  type EdgeOptions,
} from "./node.ts";
import { invalid } from "./checks.ts";
import { originOf, refTo, setOrigin, type ValueOrigin, type ValueRef } from "./value_ref.ts";

/** The XCom key of a task's return value. */
const RETURN_VALUE = "return_value";

/** Options of a teardown. */
export interface TeardownOptions {
  /** The setups whose work the teardown undoes. */
  setups?: TaskRef<unknown> | readonly TaskRef<unknown>[];
  /** Fails the Dag run if the teardown fails; false by default. */
  onFailureFailDagRun?: boolean;
}

/** The items of a list type. */
export type ItemOf<List> = List extends readonly (infer Item)[] ? Item : never;

/**
 * A called task of a Dag, and a reference to its result: `const rows = extract()`.
 *
 * It is not a promise: nothing runs while a Dag is defined.
 *
 * @example A result passed on, and a teardown
 * ```ts
 * import { Dag } from "@airflow-deno/task-runtime";
 *
 * const dag = new Dag("etl");
 * const cluster = dag.task("start", () => "cluster-1")();
 * const query = dag.task("query", ({ on }: { on: string }) => `rows of ${on}`);
 * const rows = query({ on: cluster });
 * dag.task("stop", () => {})().asTeardown({ setups: cluster }).after(rows);
 * ```
 */
export class TaskRef<out Result> implements ValueRef<Result>, DagNode {
  /** The type of the result, for the compiler only. */
  declare readonly "~type"?: () => Result;
  /** The task's id with the prefixes of its groups. */
  readonly taskId: string;

  /** Used by the Dag; authors call the task's factory. */
  constructor(definition: TaskDefinition) {
    this.taskId = definition.id;
    bindNode(this, definition);
    setOrigin(this, { kind: "output", task: definition, key: RETURN_VALUE, all: false });
  }

  /**
   * Draws order edges: this task runs before `nodes`. Options may come last.
   *
   * @throws {TaskRuntimeError} `INVALID` for a node of another Dag or another value
   */
  before(...nodes: readonly (DagNode | EdgeOptions)[]): this {
    drawOrder(this, "before", nodes);
    return this;
  }

  /**
   * Draws order edges: this task runs after `nodes`. Options may come last.
   *
   * @throws {TaskRuntimeError} `INVALID` for a node of another Dag or another value
   */
  after(...nodes: readonly (DagNode | EdgeOptions)[]): this {
    drawOrder(this, "after", nodes);
    return this;
  }

  /** Refers to one of the task's outputs: a field with `multipleOutputs`, or an XCom that it pushes. */
  output<Key extends keyof Result & string>(key: Key): ValueRef<Result[Key]> {
    return refTo({ kind: "output", task: taskOf(this), key, all: false });
  }

  /**
   * Refers to the results of all instances of a task in a mapped group, for use outside of the group.
   *
   * @throws {TaskRuntimeError} `INVALID`, when it is used, for a task outside of mapped groups
   */
  all(): ListRef<Result> {
    const task = taskOf(this);
    return new ListRef({ kind: "output", task, key: RETURN_VALUE, all: true });
  }

  /** Refers to the list that the task returns, with `apply` called for each item when it is used. */
  map<Item>(apply: (item: ItemOf<Result>) => Item): ListRef<Item> {
    return mapped(this, apply);
  }

  /**
   * Makes the task a setup, which runs again when a task between it and its teardown is cleared.
   *
   * @throws {TaskRuntimeError} `INVALID` for a teardown
   */
  asSetup(): this {
    const task = taskOf(this);
    if (task.role === "teardown") throw invalid(nameOf(task), "it is already a teardown");
    task.role = "setup";
    return this;
  }

  /**
   * Makes the task a teardown, which runs after success and failure if its setups succeeded.
   *
   * @throws {TaskRuntimeError} `INVALID` for a setup, or a task with a trigger rule
   */
  asTeardown(options: TeardownOptions = {}): this {
    const task = taskOf(this);
    const what = `the teardown "${task.dag.dagId}.${task.id}"`;
    if (task.role === "setup") throw invalid(what, "it is already a setup");
    const { triggerRule } = task.options;
    if (triggerRule !== undefined && triggerRule !== "all_done_setup_success") {
      throw invalid(what, 'its trigger rule must be "all_done_setup_success"');
    }
    const { setups = [], onFailureFailDagRun = false } = options;
    task.role = "teardown";
    task.onFailureFailDagRun = onFailureFailDagRun;
    for (const setup of isTaskRef(setups) ? [setups] : setups) {
      const upstream = checkNode(what, setup, task);
      if (upstream.kind === "task") upstream.role = "setup";
      task.dag.edges.push({ upstream, downstream: task });
    }
    return this;
  }
}

/**
 * A reference to a list: the results of all instances of a task, or made of other lists.
 *
 * @example
 * ```ts
 * import { Dag } from "@airflow-deno/task-runtime";
 *
 * const dag = new Dag("etl");
 * const list = dag.task("list", () => ["a.csv", "b.csv"])();
 * const paths = list.map((name) => `/data/${name}`); // a ListRef<string>
 * const load = dag.task("load", ({ path }: { path: string }) => path.length);
 * const sizes = load.expand({ path: paths }); // one instance a path
 * dag.task("sum", ({ all }: { all: number[] }) => all.reduce((a, b) => a + b, 0))({ all: sizes });
 * ```
 */
export class ListRef<out Item> implements ValueRef<Item[]> {
  /** The type of the list, for the compiler only. */
  declare readonly "~type"?: () => Item[];

  /** Used by `all()`, `map()`, {@linkcode zip} and {@linkcode concat}. */
  constructor(origin: ValueOrigin) {
    setOrigin(this, origin);
  }

  /** Refers to the list with `apply` called for each item when it is used. */
  map<To>(apply: (item: Item) => To): ListRef<To> {
    return mapped(this, apply);
  }
}

/** The types of the items of several lists. */
export type ItemsOf<Lists extends readonly ValueRef<readonly unknown[]>[]> = {
  -readonly [I in keyof Lists]: Lists[I] extends ValueRef<readonly (infer Item)[]> ? Item : never;
};

/**
 * Combines lists item by item; the result is as long as the shortest.
 *
 * @example
 * ```ts
 * import { Dag, zip } from "@airflow-deno/task-runtime";
 *
 * const dag = new Dag("etl");
 * const names = dag.task("names", () => ["north", "south"])();
 * const sizes = dag.task("sizes", () => [3, 5])();
 * const load = dag.task("load", ({ region: [name, size] }: { region: [string, number] }) => {
 *   return `${name}: ${size}`;
 * });
 * load.expand({ region: zip(names, sizes) });
 * ```
 *
 * @throws {TaskRuntimeError} `INVALID` for a value that is not a reference
 */
export function zip<const Lists extends readonly ValueRef<readonly unknown[]>[]>(
  ...lists: Lists
): ListRef<ItemsOf<Lists>> {
  return new ListRef({ kind: "zip", refs: lists.map((list) => checkRef("zip()", list)) });
}

/**
 * Concatenates lists.
 *
 * @example
 * ```ts
 * import { concat, Dag } from "@airflow-deno/task-runtime";
 *
 * const dag = new Dag("etl");
 * const north = dag.task("north", () => ["n1.csv", "n2.csv"])();
 * const south = dag.task("south", () => ["s1.csv"])();
 * const load = dag.task("load", ({ file }: { file: string }) => file.length);
 * load.expand({ file: concat(north, south) }); // three instances
 * ```
 *
 * @throws {TaskRuntimeError} `INVALID` for a value that is not a reference
 */
export function concat<Item>(...lists: readonly ValueRef<readonly Item[]>[]): ListRef<Item> {
  return new ListRef({ kind: "concat", refs: lists.map((list) => checkRef("concat()", list)) });
}

function mapped<From, To>(list: object, apply: (item: From) => To): ListRef<To> {
  if (typeof apply !== "function") throw invalid("map()", "its argument must be a function");
  return new ListRef({ kind: "map", ref: checkRef("map()", list), apply });
}

function checkRef(what: string, ref: unknown): ValueOrigin {
  const origin = originOf(ref);
  if (origin !== undefined) return origin;
  throw invalid(what, "each argument must be a task's result");
}

/** Outside of the class, because bundling renames a class that uses itself. */
function isTaskRef(value: object): value is TaskRef<unknown> {
  return value instanceof TaskRef;
}

/** Returns the definition of a called task. */
export function taskOf(ref: TaskRef<unknown>): TaskDefinition {
  const definition = definitionOf(ref);
  if (definition.kind === "task") return definition;
  throw invalid(nameOf(definition), "it must be a task");
}
