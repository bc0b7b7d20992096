/**
 * Task groups, and the methods that define tasks, which Dags and groups share.
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
import { bindNode, type DagNode, drawOrder, type EdgeOptions } from "./node.ts";
import type { TaskContext } from "../context.ts";
import type { ParamDefinitions, ParamValues } from "./param.ts";
import { conflict, invalid } from "./checks.ts";
import { placeOfCaller, type SourcePlace } from "./source_place.ts";
import {
  callTask,
  dictOfLists,
  drawDataEdges,
  type TaskFactory,
  taskFactory,
} from "./task_factory.ts";
import type { TaskOptions } from "./task_options.ts";
import { taskOf, type TaskRef } from "./task_ref.ts";
import { type MapSource, refTo, type ValueRef } from "./value_ref.ts";

/** The arguments of a handler without any. */
export type NoArgs = Record<never, never>;

/** The context of a task in a Dag, with the Dag's params. */
export type DagTaskContext<Params extends ParamDefinitions = ParamDefinitions> =
  & Omit<TaskContext, "params">
  & {
    /** The params of the Dag run, including defaults. */
    readonly params: ParamValues<Params>;
  };

/** The function that runs for a task in a Dag. */
export type DagTaskHandler<Args, Result, Params extends ParamDefinitions> = (
  args: Args,
  ctx: DagTaskContext<Params>,
) => Result | Promise<Result>;

/**
 * The methods that define tasks and groups, in a {@linkcode Dag} or a {@linkcode TaskGroup}.
 *
 * @example The same tasks in a Dag and in a group of another Dag
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

  /** Used by Dag and TaskGroup. */
  constructor(group: GroupDefinition) {
    this.#group = group;
  }

  /**
   * Defines a task, which a call then adds to the Dag: `dag.task("load", …)`, then `load({ rows })`.
   *
   * @throws {TaskRuntimeError} `INVALID` for an id or option that Airflow refuses; `CONFLICT` when
   * the Dag already has a task or group of this id
   */
  task<Args extends object = NoArgs, Result = void>(
    taskId: string,
    handler: DagTaskHandler<Args, Result, Params>,
    options?: TaskOptions,
  ): TaskFactory<Args, Result>;
  /**
   * Defines a task whose id is the name of its function.
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
    if (typeof handler !== "function") {
      throw invalid(`task "${taskId}"`, "its handler must be a function");
    }
    const options = third ?? (second === handler ? {} : second) ?? {};
    if (typeof options === "function") {
      throw invalid(`task "${taskId}"`, "it must have one handler, got two");
    }
    const work: HandlerWork = { kind: "handler", handler };
    const place = placeOfCaller(this.task);
    return taskFactory(defineTask({ group: this.#group, taskId, options, work, place }));
  }

  /**
   * Defines a task group, whose id prefixes the ids of its tasks: `extract.north`.
   *
   * @throws {TaskRuntimeError} `INVALID` for an id or option that Airflow refuses; `CONFLICT` when
   * the Dag already has a task or group of this id
   */
  taskGroup(groupId: string, options: TaskGroupOptions = {}): TaskGroup<Params> {
    const place = placeOfCaller(this.taskGroup);
    return new TaskGroup<Params>(defineGroup(this.#group, groupId, options, place));
  }

  /** Adds a task that does nothing; no worker runs it (EmptyOperator). */
  empty(taskId: string, options: TaskOptions = {}): TaskRef<void> {
    return this.#add(taskId, { kind: "empty" }, options, placeOfCaller(this.empty));
  }

  /** Adds a task that triggers a Dag run, and can wait for its completion (TriggerDagRunOperator). */
  triggerDagRun(
    taskId: string,
    trigger: TriggerDagRunOptions,
    options: TaskOptions = {},
  ): TaskRef<void> {
    const work = triggerDagRun(`task "${taskId}"`, trigger);
    return this.#add(taskId, work, options, placeOfCaller(this.triggerDagRun));
  }

  /** Adds a task that waits for tasks or a whole run of another Dag (ExternalTaskSensor). */
  externalTaskSensor(
    taskId: string,
    sensor: ExternalTaskSensorOptions,
    options: TaskOptions = {},
  ): TaskRef<void> {
    const work = externalTaskSensor(`task "${taskId}"`, sensor);
    return this.#add(taskId, work, options, placeOfCaller(this.externalTaskSensor));
  }

  /**
   * Adds a task that skips its direct downstream tasks if a later run is due (LatestOnlyOperator). In
   * a manual run it skips nothing.
   */
  latestOnly(taskId = "latest_only", options: TaskOptions = {}): TaskRef<boolean> {
    const work = latestOnly(this.#group.dag);
    const ref = this.#add<boolean>(taskId, work, options, placeOfCaller(this.latestOnly));
    taskOf(ref).branch = { kind: "short-circuit", respectTriggerRules: true };
    return ref;
  }

  #add<Result>(
    taskId: string,
    work: TaskWork,
    options: TaskOptions,
    place: SourcePlace,
  ): TaskRef<Result> {
    const task = defineTask({ group: this.#group, taskId, options, work, place });
    return callTask(task, {});
  }
}

/** References to the items of one instance of a mapped group, by name. */
export type GroupItems<Sources> = {
  readonly [Name in keyof Sources]: Sources[Name] extends readonly (infer Item)[] ? ValueRef<Item>
    : Sources[Name] extends ValueRef<readonly (infer Item)[]> ? ValueRef<Item>
    : ValueRef<unknown>;
};

/**
 * A task group: `const extract = dag.taskGroup("extract")`, then `extract.task("north", …)`.
 *
 * An edge to a group leads to its first tasks; an edge from a group starts at its last tasks.
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
  extends TaskMaker<Params>
  implements DagNode {
  /** The group's id with the prefixes of outer groups. */
  readonly groupId: string;
  readonly #definition: GroupDefinition;

  /** Used by the Dag; authors call `taskGroup()`. */
  constructor(definition: GroupDefinition) {
    super(definition);
    this.groupId = definition.id;
    this.#definition = definition;
    bindNode(this, definition);
  }

  /**
   * Draws order edges: the group runs before `nodes`. Options may come last.
   *
   * @throws {TaskRuntimeError} `INVALID` for a node of another Dag or another value
   */
  before(...nodes: readonly (DagNode | EdgeOptions)[]): this {
    drawOrder(this, "before", nodes);
    return this;
  }

  /**
   * Draws order edges: the group runs after `nodes`. Options may come last.
   *
   * @throws {TaskRuntimeError} `INVALID` for a node of another Dag or another value
   */
  after(...nodes: readonly (DagNode | EdgeOptions)[]): this {
    drawOrder(this, "after", nodes);
    return this;
  }

  /**
   * Maps the group: it runs once for each item, or for each combination of items of several lists.
   * Returns references to the items of one instance: `pull({ region: regions.region })`. Call it
   * before the group's tasks are called.
   *
   * @throws {TaskRuntimeError} `CONFLICT` when the group is already mapped; `INVALID` for a value that
   * is not a list or a reference, and inside another mapped group
   */
  expand<const Sources extends Readonly<Record<string, MapSource<unknown>>>>(
    sources: Sources,
  ): GroupItems<Sources>;
  /** Maps the group; the implementation. */
  expand(
    sources: Readonly<Record<string, MapSource<unknown>>>,
  ): Readonly<Record<string, ValueRef<unknown>>> {
    const group = this.#definition;
    const what = nameOf(group);
    if (group.expansion !== undefined) throw conflict(what, "it is already mapped");
    for (let outer = group.parent; outer !== undefined; outer = outer.parent) {
      if (outer.expansion !== undefined) {
        throw invalid(what, "Airflow cannot map a group in a mapped group");
      }
    }
    group.expansion = dictOfLists(group, sources);
    drawDataEdges(group, Object.values(sources));
    const items = Object.keys(sources).map((name): [string, ValueRef<unknown>] => [
      name,
      refTo({ kind: "item", group, name }),
    ]);
    return Object.fromEntries(items);
  }
}
