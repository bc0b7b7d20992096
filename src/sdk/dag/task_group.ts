/**
 * Groups of tasks, and the ways to define tasks, the same in a group and in a Dag.
 *
 * @module
 */
import {
  defineGroup,
  defineTask,
  type GroupDefinition,
  type HandlerWork,
  idOf,
  nameOf,
  type TaskGroupOptions,
  type TaskWork,
} from "./definition.ts";
import {
  externalTaskSensor,
  type ExternalTaskSensorOptions,
  latestOnly,
  triggerDagRun,
  type TriggerDagRunOptions,
} from "./operator.ts";
import { type DagNode, drawOrder, type EdgeOptions, setDefinition } from "./node.ts";
import type { TaskContext } from "../context.ts";
import type { ParamDefinitions, ParamValues } from "./param.ts";
import { conflict, invalid } from "./checks.ts";
import { placeOfCaller, type SourcePlace } from "./source_place.ts";
import {
  dictOfLists,
  drawDataEdges,
  settle,
  type TaskFactory,
  taskFactory,
} from "./task_factory.ts";
import type { TaskOptions } from "./task_options.ts";
import { taskOf, TaskRef } from "./task_ref.ts";
import { type MapSource, setOrigin, type ValueRef } from "./value_ref.ts";

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

/**
 * Defines tasks and groups; {@linkcode Dag} and {@linkcode TaskGroup} are such.
 *
 * @example The same tasks in a Dag and in a group of another
 * ```ts
 * import { Bundle, Dag, type ParamDefinitions, type TaskMaker } from "@airflow-deno/task-runtime";
 * import { assertEquals } from "@std/assert";
 *
 * function addLoad(to: TaskMaker<ParamDefinitions>): void {
 *   const extract = to.task("extract", () => ({ rows: 42 }));
 *   const load = to.task("load", ({ extracted }: { extracted: { rows: number } }) => extracted.rows);
 *   load({ extracted: extract() });
 * }
 *
 * const small = new Dag("small");
 * addLoad(small);
 * const large = new Dag("large");
 * addLoad(large.taskGroup("north"));
 * const bundle = new Bundle().register(small, large);
 * assertEquals(bundle.taskIds("large"), ["north.extract", "north.load"]);
 * ```
 */
export abstract class TaskMaker<const Params extends ParamDefinitions> {
  readonly #group: GroupDefinition;

  /** Defines them in `group`. */
  constructor(group: GroupDefinition) {
    this.#group = group;
  }

  /**
   * Defines a task, which waits for its call: `dag.task("load", …)`, then `load({ rows })`. Without
   * an id, the function's name is it.
   *
   * @throws {TaskRuntimeError} `INVALID` for an id or option that Airflow refuses; `CONFLICT` when
   * the Dag has one of this id already
   */
  task<Args extends object = NoArgs, Result = void>(
    taskId: string,
    handler: DagTaskHandler<Args, Result, Params>,
    options?: TaskOptions,
  ): TaskFactory<Args, Result>;
  /**
   * Defines a task whose id is its function's name.
   *
   * @throws {TaskRuntimeError} `INVALID` for a function without a name, and as above
   */
  task<Args extends object = NoArgs, Result = void>(
    handler: DagTaskHandler<Args, Result, Params>,
    options?: TaskOptions,
  ): TaskFactory<Args, Result>;
  /** Defines a task: both forms. */
  task<Args extends object, Result>(
    first: string | DagTaskHandler<Args, Result, Params>,
    second?: DagTaskHandler<Args, Result, Params> | TaskOptions,
    third?: TaskOptions,
  ): TaskFactory<Args, Result> {
    const handler = typeof first === "function" ? first : second;
    const taskId = typeof first === "string" ? first : idOf(first, this.#group.dag);
    if (typeof handler !== "function") throw invalid(`task "${taskId}"`, "it has no function");
    const options = third ?? (second === handler ? {} : second) ?? {};
    if (typeof options === "function") throw invalid(`task "${taskId}"`, "it has two functions");
    const work: HandlerWork = { kind: "handler", handler };
    const place = placeOfCaller(this.task);
    return taskFactory(defineTask({ group: this.#group, taskId, options, work, place }));
  }

  /**
   * Begins a group of tasks, whose id goes before theirs: `extract.north`.
   *
   * @throws {TaskRuntimeError} `INVALID` for an id or option that Airflow refuses; `CONFLICT` when
   * the Dag has one of this id already
   */
  taskGroup(groupId: string, options: TaskGroupOptions = {}): TaskGroup<Params> {
    const place = placeOfCaller(this.taskGroup);
    return new TaskGroup<Params>(defineGroup(this.#group, groupId, options, place));
  }

  /** Places a task that does nothing: Airflow's scheduler sees to it by itself (EmptyOperator). */
  empty(taskId: string, options: TaskOptions = {}): TaskRef<void> {
    return this.#place(taskId, { kind: "empty" }, options, placeOfCaller(this.empty));
  }

  /** Places a task that triggers a run of a Dag, and may wait for its end (TriggerDagRunOperator). */
  triggerDagRun(
    taskId: string,
    trigger: TriggerDagRunOptions,
    options: TaskOptions = {},
  ): TaskRef<void> {
    const work = triggerDagRun(`task "${taskId}"`, trigger);
    return this.#place(taskId, work, options, placeOfCaller(this.triggerDagRun));
  }

  /** Places a task that waits for tasks, or a whole run, of another Dag (ExternalTaskSensor). */
  externalTaskSensor(
    taskId: string,
    sensor: ExternalTaskSensorOptions,
    options: TaskOptions = {},
  ): TaskRef<void> {
    const work = externalTaskSensor(`task "${taskId}"`, sensor);
    return this.#place(taskId, work, options, placeOfCaller(this.externalTaskSensor));
  }

  /**
   * Places a task that skips all behind it unless the run is the latest due (LatestOnlyOperator); a
   * run that somebody triggered always is.
   */
  latestOnly(taskId = "latest_only", options: TaskOptions = {}): TaskRef<boolean> {
    const work = latestOnly(this.#group.dag);
    const ref = this.#place<boolean>(taskId, work, options, placeOfCaller(this.latestOnly));
    taskOf(ref).branch = { kind: "short-circuit", respectTriggerRules: true };
    return ref;
  }

  #place<Result>(
    taskId: string,
    work: TaskWork,
    options: TaskOptions,
    place: SourcePlace,
  ): TaskRef<Result> {
    const task = defineTask({ group: this.#group, taskId, options, work, place });
    settle(task, {}, undefined);
    return new TaskRef<Result>(task);
  }
}

/** What one item of a mapped group is, by name. */
export type GroupItems<Sources> = {
  readonly [Name in keyof Sources]: Sources[Name] extends readonly (infer Item)[] ? ValueRef<Item>
    : Sources[Name] extends ValueRef<readonly (infer Item)[]> ? ValueRef<Item>
    : ValueRef<unknown>;
};

/**
 * A group of tasks: `const extract = dag.taskGroup("extract")`, then `extract.task("north", …)`.
 *
 * Edges to and from a group are those to its first and from its last tasks.
 *
 * @example
 * ```ts
 * import { Bundle, Dag } from "@airflow-deno/task-runtime";
 * import { assertEquals } from "@std/assert";
 *
 * const dag = new Dag("etl");
 * const extract = dag.taskGroup("extract");
 * extract.task("north", () => {})();
 * extract.task("south", () => {})();
 * extract.before(dag.task("report", () => {})());
 * assertEquals(new Bundle().register(dag).taskIds("etl"), ["extract.north", "extract.south", "report"]);
 * ```
 */
export class TaskGroup<const Params extends ParamDefinitions = ParamDefinitions>
  extends TaskMaker<Params> {
  /** The group's id, prefixes of outer groups included. */
  readonly groupId: string;
  readonly #definition: GroupDefinition;

  /** For the Dag: authors call `taskGroup()`. */
  constructor(definition: GroupDefinition) {
    super(definition);
    this.groupId = definition.id;
    this.#definition = definition;
    setDefinition(this, definition);
  }

  /**
   * Draws order edges: the group runs before `nodes`. Options may come last.
   *
   * @throws {TaskRuntimeError} `INVALID` for a node of another Dag, or what is no node
   */
  before(...nodes: readonly (DagNode | EdgeOptions)[]): this {
    drawOrder(this, "before", nodes);
    return this;
  }

  /**
   * Draws order edges: the group runs after `nodes`. Options may come last.
   *
   * @throws {TaskRuntimeError} `INVALID` for a node of another Dag, or what is no node
   */
  after(...nodes: readonly (DagNode | EdgeOptions)[]): this {
    drawOrder(this, "after", nodes);
    return this;
  }

  /**
   * Has the whole group run once for each item, or each pair of items when there are several lists.
   * What comes back stands for the item of an instance: `pull({ region: regions.region })`. Call it
   * before the group's tasks are called.
   *
   * @throws {TaskRuntimeError} `CONFLICT` when it is mapped already; `INVALID` for what cannot be
   * mapped over, and within another mapped group
   */
  expand<const Sources extends Readonly<Record<string, MapSource<unknown>>>>(
    sources: Sources,
  ): GroupItems<Sources>;
  /** Maps the group: what the form above is made of. */
  expand(
    sources: Readonly<Record<string, MapSource<unknown>>>,
  ): Readonly<Record<string, ValueRef<unknown>>> {
    const group = this.#definition;
    const what = nameOf(group);
    if (group.expansion !== undefined) throw conflict(what, "it is mapped already");
    for (let outer = group.parent; outer !== undefined; outer = outer.parent) {
      if (outer.expansion !== undefined) {
        throw invalid(what, "it is mapped within a mapped group, which Airflow cannot do");
      }
    }
    group.expansion = dictOfLists(group, sources);
    drawDataEdges(group, Object.values(sources));
    const items = Object.keys(sources).map((name): [string, ValueRef<unknown>] => [
      name,
      setOrigin({}, { kind: "item", group, name }),
    ]);
    return Object.fromEntries(items);
  }
}
