/**
 * Dags that are defined in TypeScript.
 *
 * @module
 */
import { serializeDag } from "./serialize/dag.ts";
import { Asset } from "../../sdk/dag/asset.ts";
import {
  type CaseChain,
  type IfChain,
  ifChain,
  shortCircuit,
  type ShortCircuitOptions,
  switchChain,
} from "../../sdk/dag/branching.ts";
import { checkDagOptions, type DagOptions } from "../../sdk/dag/dag_options.ts";
import { beginDag, type DagDefinition, type TaskDefinition } from "../../sdk/dag/definition.ts";
import type { ParamDefinitions } from "../../sdk/dag/param.ts";
import { checkAirflowId } from "../../sdk/dag/checks.ts";
import { placeOfCaller } from "../../sdk/dag/source_place.ts";
import { secondsIn } from "../../sdk/time.ts";
import { TaskMaker } from "../../sdk/dag/task_group.ts";
import type { TaskRef } from "../../sdk/dag/task_ref.ts";
import { type DagPart, setDagPart } from "./dag_part.ts";
import { NativeTaskHandler } from "./native_task.ts";
import { checkDag } from "./dag_check.ts";
import { planOf } from "./task_plan.ts";

/**
 * A Dag that is defined in TypeScript, for Airflow 3.4 and later.
 *
 * Its tasks are functions of the file. Airflow's Dag processor runs the bundle to get the Dag, and a
 * worker runs the bundle for each task.
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
 * const extracted = extract(); // adds the task to the Dag
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
  /** The id. */
  readonly dagId: string;
  readonly #definition: DagDefinition;

  /**
   * Makes a Dag without tasks.
   *
   * @throws {TaskRuntimeError} `INVALID` for an id or option that Airflow refuses
   */
  constructor(dagId: string, options: DagOptions<Params> = {}) {
    const what = `Dag "${dagId}"`;
    checkAirflowId(what, dagId);
    checkDagOptions(what, options);
    const definition = beginDag(dagId, options, placeOfCaller(new.target));
    super(definition.root);
    this.dagId = dagId;
    this.#definition = definition;
    setDagPart(this, partOf(definition));
  }

  /**
   * Runs some tasks or groups if a task returns true, and others if it returns false:
   * `dag.if(isLarge).then(full).else(delta)`. The other branch is skipped.
   *
   * @throws {TaskRuntimeError} `CONFLICT` when the task's result already chooses a branch
   */
  if(condition: TaskRef<boolean>): IfChain {
    return ifChain(this.#definition, condition);
  }

  /**
   * Runs the tasks or groups of the case that a task returns:
   * `dag.switch(size).case("large", full).case("small", delta).default(report)`. The task may return
   * a node itself: `dag.switch(chosen).case(full).case(delta)`. All other cases are skipped.
   *
   * @throws {TaskRuntimeError} `CONFLICT` when the task's result already chooses a branch
   */
  switch<Result>(decider: TaskRef<Result>): CaseChain<Result> {
    return switchChain(this.#definition, decider);
  }

  /**
   * Skips all tasks downstream of a task if it returns a falsy value.
   *
   * @throws {TaskRuntimeError} `CONFLICT` when the task's result already chooses a branch
   */
  shortCircuit(condition: TaskRef<unknown>, options: ShortCircuitOptions = {}): void {
    shortCircuit(this.#definition, condition, options);
  }

  /**
   * Checks the whole Dag, as `Bundle.register()` does: every task is called, no tasks form a cycle,
   * the defaults of params fit their schemas.
   *
   * @throws {TaskRuntimeError} `INVALID` with the tasks and their places in the file
   */
  check(): void {
    handlersOf(this.#definition);
  }
}

/** Makes the part of a Dag that a bundle needs. */
function partOf(definition: DagDefinition): DagPart {
  return {
    definition,
    handlers: () => handlersOf(definition),
    serialize: (location) => Promise.resolve(serializeDag(definition, location)),
  };
}

/** Checks a Dag and returns the handlers of its tasks. */
function handlersOf(definition: DagDefinition): NativeTaskHandler[] {
  checkDag(definition);
  return [...definition.tasks.values()].flatMap(handlerOf);
}

/** Returns the handler of a task with a function of the file; none for an empty task. */
function handlerOf(task: TaskDefinition): NativeTaskHandler[] {
  const { work, options: { retryPolicy, executionTimeout, continuations, outlets = [] } } = task;
  if (work.kind !== "handler") return [];
  return [
    new NativeTaskHandler(task.dag.dagId, task.id, work.handler, {
      ...(retryPolicy === undefined ? {} : { retryPolicy }),
      ...(secondsIn(executionTimeout) ? { executionTimeout } : {}),
      ...(continuations === undefined ? {} : { continuations }),
      outlets: outlets.filter((each) => each instanceof Asset),
      plan: planOf(task),
    }),
  ];
}
