/**
 * Tasks that have their place in a Dag.
 *
 * @module
 */
import { nameOf, type TaskDefinition } from "./definition.ts";
import {
  checkNode,
  type DagNode,
  definitionOfNode,
  drawOrder,
  type EdgeOptions,
  setDefinition,
} from "./node.ts";
import { invalid } from "./checks.ts";
import { originOf, setOrigin, type ValueOrigin, type ValueRef } from "./value_ref.ts";

/** The key under which a task's return value is kept. */
const RETURN_VALUE = "return_value";

/** How a teardown belongs to its setups. */
export interface TeardownOptions {
  /** The setups whose work it undoes. */
  setups?: TaskRef<unknown> | readonly TaskRef<unknown>[];
  /** Whether the Dag run fails when it does; false by default. */
  onFailureFailDagRun?: boolean;
}

/** The items of a list type. */
export type ItemOf<List> = List extends readonly (infer Item)[] ? Item : never;

/**
 * A task that has its place in a Dag, and what it will have returned: `const rows = extract()`.
 *
 * It is no promise: nothing runs while a Dag is defined.
 *
 * @example Passed on, ordered, and the undoing of another
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
export class TaskRef<out Result> implements ValueRef<Result> {
  /** Only the compiler's: the type of the return value. */
  declare readonly "~type"?: () => Result;
  /** The task's id, prefixes of its groups included. */
  readonly taskId: string;

  /** For the Dag: authors call the task's factory. */
  constructor(definition: TaskDefinition) {
    this.taskId = definition.id;
    setDefinition(this, definition);
    setOrigin(this, { kind: "output", task: definition, key: RETURN_VALUE, all: false });
  }

  /**
   * Draws order edges: this runs before `nodes`, which get no value of it. Options may come last.
   *
   * @throws {TaskRuntimeError} `INVALID` for a node of another Dag, or what is no node
   */
  before(...nodes: readonly (DagNode | EdgeOptions)[]): this {
    drawOrder(this, "before", nodes);
    return this;
  }

  /**
   * Draws order edges: this runs after `nodes`. Options may come last.
   *
   * @throws {TaskRuntimeError} `INVALID` for a node of another Dag, or what is no node
   */
  after(...nodes: readonly (DagNode | EdgeOptions)[]): this {
    drawOrder(this, "after", nodes);
    return this;
  }

  /** One of several outputs, where the task has `multipleOutputs`, or pushes an XCom of this key. */
  output<Key extends keyof Result & string>(key: Key): ValueRef<Result[Key]> {
    return setOrigin({}, { kind: "output", task: taskOf(this), key, all: false });
  }

  /**
   * The results of all instances, for a task in a mapped group, used outside of the group.
   *
   * @throws {TaskRuntimeError} `INVALID` for a task in no mapped group
   */
  all(): ListRef<Result> {
    const task = taskOf(this);
    return new ListRef({ kind: "output", task, key: RETURN_VALUE, all: true });
  }

  /** The list that the task returns with `apply` done to each item, when it is used. */
  map<Item>(apply: (item: ItemOf<Result>) => Item): ListRef<Item> {
    return mapped(this, apply);
  }

  /** Makes it a setup: it runs even when only tasks between it and its teardown are cleared. */
  asSetup(): this {
    const task = taskOf(this);
    if (task.role === "teardown") throw invalid(nameOf(task), "it is a teardown already");
    task.role = "setup";
    return this;
  }

  /**
   * Makes it a teardown: it runs whatever became of the work, if its setups have succeeded.
   *
   * @throws {TaskRuntimeError} `INVALID` when it is a setup, or has a trigger rule of its own
   */
  asTeardown(options: TeardownOptions = {}): this {
    const task = taskOf(this);
    const what = `the teardown "${task.dag.dagId}.${task.id}"`;
    if (task.role === "setup") throw invalid(what, "it is a setup already");
    const { triggerRule } = task.options;
    if (triggerRule !== undefined && triggerRule !== "all_done_setup_success") {
      throw invalid(what, "a teardown's trigger rule is always all_done_setup_success");
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
 * A list that there will be: of all instances of a task, or made of other lists.
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
  /** Only the compiler's: the type of the list. */
  declare readonly "~type"?: () => Item[];

  /** For the Dag: authors get one by `all()`, `map()`, {@linkcode zip} and {@linkcode concat}. */
  constructor(origin: ValueOrigin) {
    setOrigin(this, origin);
  }

  /** The list with `apply` done to each item, when it is used. */
  map<To>(apply: (item: Item) => To): ListRef<To> {
    return mapped(this, apply);
  }
}

/** The types of the items of several lists. */
export type ItemsOf<Lists extends readonly ValueRef<readonly unknown[]>[]> = {
  -readonly [I in keyof Lists]: Lists[I] extends ValueRef<readonly (infer Item)[]> ? Item : never;
};

/**
 * Makes one list of several, item by item, as long as the shortest.
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
 * @throws {TaskRuntimeError} `INVALID` for what is no list of a Dag
 */
export function zip<const Lists extends readonly ValueRef<readonly unknown[]>[]>(
  ...lists: Lists
): ListRef<ItemsOf<Lists>> {
  return new ListRef({ kind: "zip", refs: lists.map((list) => checkRef("zip()", list)) });
}

/**
 * Makes one list of several, one after the other.
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
 * @throws {TaskRuntimeError} `INVALID` for what is no list of a Dag
 */
export function concat<Item>(...lists: readonly ValueRef<readonly Item[]>[]): ListRef<Item> {
  return new ListRef({ kind: "concat", refs: lists.map((list) => checkRef("concat()", list)) });
}

function mapped<From, To>(list: object, apply: (item: From) => To): ListRef<To> {
  if (typeof apply !== "function") throw invalid("map()", "it is given no function");
  return new ListRef({ kind: "map", ref: checkRef("map()", list), apply });
}

function checkRef(what: string, ref: unknown): ValueOrigin {
  const origin = originOf(ref);
  if (origin !== undefined) return origin;
  throw invalid(what, "it is given what no task returns");
}

/** Outside of the class, since bundling changes the name of a class that uses itself. */
function isTaskRef(value: object): value is TaskRef<unknown> {
  return value instanceof TaskRef;
}

/** The definition of a task that has its place. */
export function taskOf(ref: TaskRef<unknown>): TaskDefinition {
  const definition = definitionOfNode(ref);
  if (definition.kind === "task") return definition;
  throw invalid(nameOf(definition), "it is no task");
}
