/**
 * Dags that are defined in TypeScript, whole.
 *
 * @module
 */
import {
  type CaseChain,
  type IfChain,
  ifChain,
  shortCircuit,
  type ShortCircuitOptions,
  switchChain,
} from "./branching.ts";
import { checkDagOptions, type DagOptions } from "./dag_options.ts";
import { beginDag, type DagDefinition } from "./definition.ts";
import { checkGraph } from "./graph_check.ts";
import { NativeTaskHandler } from "./native_handler.ts";
import type { ParamDefinitions } from "./param.ts";
import { checkId } from "./problem.ts";
import { placeOfCaller } from "./source_place.ts";
import { TaskMaker } from "./task_group.ts";
import type { TaskRef } from "./task_ref.ts";

let definitionOfDag: (dag: Dag<ParamDefinitions>) => DagDefinition;

/**
 * A Dag, defined in TypeScript, whole; since Airflow 3.4.
 *
 * Its tasks are functions of the file. Airflow's Dag processor runs the bundle to learn of it, and
 * a worker runs the bundle again for each task.
 *
 * @example
 * ```ts
 * import { Bundle, Dag } from "@airflow-deno/task-runtime";
 * import { assertEquals } from "@std/assert";
 *
 * const dag = new Dag("etl", { schedule: "@daily", startDate: new Date("2026-01-01"), queue: "deno" });
 * const extract = dag.task("extract", () => ({ rows: 42 }));
 * const load = dag.task(
 *   "load",
 *   ({ extracted }: { extracted: { rows: number } }) => extracted.rows,
 *   { retries: 2, retryDelay: { minutes: 5 } },
 * );
 * const extracted = extract(); // gives the task its place
 * const loaded = load({ extracted }); // a data edge
 * dag.task("notify", () => {}, { triggerRule: "all_done" })().after(loaded); // an order edge
 *
 * const bundle = new Bundle().register(dag);
 * assertEquals(bundle.taskIds("etl"), ["extract", "load", "notify"]);
 * // await bundle.serve();
 * ```
 */
export class Dag<const Params extends ParamDefinitions = Record<never, never>>
  extends TaskMaker<Params> {
  /** Its id. */
  readonly dagId: string;
  readonly #definition: DagDefinition;

  static {
    definitionOfDag = (dag): DagDefinition => dag.#definition;
  }

  /**
   * Begins a Dag.
   *
   * @throws {TaskRuntimeError} `INVALID` for an id or option that Airflow refuses
   */
  constructor(dagId: string, options: DagOptions<Params> = {}) {
    const what = `Dag "${dagId}"`;
    checkId(what, dagId);
    checkDagOptions(what, options);
    const definition = beginDag(dagId, options, placeOfCaller(Dag));
    super(definition.root);
    this.dagId = dagId;
    this.#definition = definition;
  }

  /**
   * Goes on with some tasks or groups if a task returned true, and with others if it returned false:
   * `dag.if(isLarge).then(full).else(delta)`. What it does not go on with is skipped.
   *
   * @throws {TaskRuntimeError} `CONFLICT` when the task's result chooses already
   */
  if(condition: TaskRef<boolean>): IfChain {
    return ifChain(this.#definition, condition);
  }

  /**
   * Goes on with the tasks or groups of the case that a task returned:
   * `dag.switch(size).case("large", full).case("small", delta).default(report)`. The task may return
   * a node itself: `dag.switch(chosen).case(full).case(delta)`. What it does not go on with is
   * skipped.
   *
   * @throws {TaskRuntimeError} `CONFLICT` when the task's result chooses already
   */
  switch<Result>(decider: TaskRef<Result>): CaseChain<Result> {
    return switchChain(this.#definition, decider);
  }

  /**
   * Skips all that is behind a task if it returned what is false.
   *
   * @throws {TaskRuntimeError} `CONFLICT` when the task's result chooses already
   */
  shortCircuit(condition: TaskRef<unknown>, options: ShortCircuitOptions = {}): void {
    shortCircuit(this.#definition, condition, options);
  }

  /**
   * Makes sure that the Dag is whole: each task called, no circle. `Bundle.register()` does it.
   *
   * @throws {TaskRuntimeError} `INVALID`, naming the tasks and their places in the file
   */
  check(): void {
    checkGraph(this.#definition);
  }
}

/** The handlers of a Dag's tasks. */
export function handlersOf(dag: Dag<ParamDefinitions>): NativeTaskHandler[] {
  const handlers: NativeTaskHandler[] = [];
  for (const task of definitionOfDag(dag).tasks.values()) {
    if (task.work.kind === "handler") handlers.push(new NativeTaskHandler(task, task.work));
  }
  return handlers;
}

/** The definition of a Dag. */
export function definitionOf(dag: Dag<ParamDefinitions>): DagDefinition {
  return definitionOfDag(dag);
}
