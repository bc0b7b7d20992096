/**
 * Runs the tasks of a plan: asks which are next, starts them, and keeps their states.
 *
 * @module
 */

import type {
  AirflowStore,
  DagRunRow,
  TaskInstanceKey,
  TaskInstanceRow,
  XCom,
} from "../store/store.ts";
import type { EndState } from "../supervisor/terminal_state.ts";
import type { DagPlan } from "./dag_plan.ts";
import { type Instance, Instances, runState } from "./instances.ts";
import { nextTasks } from "./next_tasks.ts";

/** The options of a run of a plan. */
export interface PlanRunOptions {
  /** The Dag. */
  readonly plan: DagPlan;
  /** The Dag run. */
  readonly dagRun: DagRunRow;
  /** Airflow's state. */
  readonly store: AirflowStore;
  /** The number of tasks that may run at once. */
  readonly parallel: number;
  /** Terminates running tasks and starts no more. */
  readonly signal?: AbortSignal | undefined;
  /** Runs an instance and resolves to its state. */
  readonly run: (instance: Instance, signal: AbortSignal) => Promise<EndState>;
  /** The state for a task that only Airflow can run; success when undefined. */
  readonly stateOf: (taskId: string) => EndState | undefined;
  /** Receives each instance that ended without running. */
  readonly onNotRun: (instance: Instance, state: EndState, reason: string) => void;
}

/** The result of a run of a plan. */
export interface PlanRunResult {
  /** All instances, in the order of the Dag. */
  readonly instances: readonly Instance[];
  /** The state of the run. */
  readonly state: "success" | "failed" | "running";
}

const RESULT_KEY = "return_value";
const REASONS: Readonly<Record<string, string>> = {
  skipped: "its trigger rule skips it because of the states of upstream tasks",
  upstream_failed: "upstream tasks did not end as its trigger rule requires",
  removed: "the list it is mapped over has become shorter",
};

/** Runs tasks until none is left that can start. */
export async function runPlan(options: PlanRunOptions): Promise<PlanRunResult> {
  const run = new PlanRun(options);
  await run.finish();
  const { instances } = run;
  return { instances: instances.all(), state: runState(instances) };
}

class PlanRun {
  readonly instances: Instances;
  readonly #options: PlanRunOptions;
  readonly #running = new Map<Instance, Promise<void>>();
  readonly #aborts = new Map<Instance, AbortController>();
  readonly #reported = new Set<Instance>();

  constructor(options: PlanRunOptions) {
    this.#options = options;
    const { plan, store, dagRun: { dagId, runId } } = options;
    const xcoms = (taskId: string): XCom[] =>
      store.xcoms({ dagId, runId, taskId, key: RESULT_KEY });
    this.instances = new Instances(plan, {
      length: (taskId) => lengthOf(xcoms(taskId).find(({ mapIndex }) => mapIndex < 0)?.value),
      count: (taskId) => xcoms(taskId).filter(({ mapIndex }) => mapIndex >= 0).length,
    });
  }

  async finish(): Promise<void> {
    try {
      this.#startNext();
      while (this.#running.size > 0) {
        await Promise.race(this.#running.values());
        this.#startNext();
      }
    } catch (error) {
      // A program that cannot be started fails the run, which then terminates its other tasks.
      for (const abort of this.#aborts.values()) abort.abort();
      await Promise.allSettled(this.#running.values());
      throw error;
    }
  }

  /** Starts every task that can start now. */
  #startNext(): void {
    let again = true;
    while (again) {
      this.#takeSkips();
      const { ready, changed } = nextTasks(this.instances);
      this.#storeStates();
      again = changed;
      for (const instance of ready) {
        if (instance.task.work !== "bundle") {
          this.#passOver(instance);
          again = true;
        } else if (this.#hasCapacity(instance)) this.#start(instance);
      }
    }
  }

  /** Takes over skips by other tasks, which are recorded in the store only. */
  #takeSkips(): void {
    for (const instance of this.instances.all()) {
      if (instance.state !== null || this.#row(instance)?.state !== "skipped") continue;
      this.#endNotRun(instance, "skipped", "another task skipped it");
    }
  }

  /** Reports and stores the decisions of the scheduler. */
  #storeStates(): void {
    const { store } = this.#options;
    for (const instance of this.instances.all()) {
      const { state } = instance;
      if (state !== null && state !== "running" && !this.#reported.has(instance)) {
        this.#endNotRun(instance, state, REASONS[state] ?? "");
      } else if (state === null && this.#row(instance) === undefined) {
        const key = this.#key(instance);
        store.setTaskInstance({ ...key, id: crypto.randomUUID(), state });
        // The first expanded instance replaces the placeholder.
        if (instance.mapIndex === 0) store.deleteTaskInstance({ ...key, mapIndex: -1 });
      }
    }
  }

  /** Ends an instance that has no work, or whose work only Airflow can do. */
  #passOver(instance: Instance): void {
    const { taskId, work, operator } = instance.task;
    if (work === "empty") return this.#endNotRun(instance, "success", "it has no work");
    const reason = `only Airflow runs ${operator}; its state and XComs come from the fixtures`;
    this.#endNotRun(instance, this.#options.stateOf(taskId) ?? "success", reason);
  }

  #endNotRun(instance: Instance, state: EndState, reason: string): void {
    const { store, onNotRun } = this.#options;
    instance.state = state;
    this.#reported.add(instance);
    const now = Temporal.Now.instant();
    const row = this.#row(instance) ?? { ...this.#key(instance), id: crypto.randomUUID() };
    store.setTaskInstance({ startDate: now, endDate: now, ...row, state });
    onNotRun(instance, state, reason);
  }

  #hasCapacity({ task }: Instance): boolean {
    const { parallel, plan, signal } = this.#options;
    if (signal?.aborted) return false;
    if (this.#running.size >= Math.min(parallel, plan.maxActiveTasks ?? Infinity)) return false;
    const running = this.instances.of(task.taskId).filter(({ state }) => state === "running");
    return running.length < task.maxActive;
  }

  #start(instance: Instance): void {
    const { signal } = this.#options;
    const abort = new AbortController();
    instance.state = "running";
    this.#reported.add(instance);
    this.#aborts.set(instance, abort);
    const signals = [abort.signal, ...(signal === undefined ? [] : [signal])];
    this.#running.set(instance, this.#run(instance, AbortSignal.any(signals)));
  }

  async #run(instance: Instance, signal: AbortSignal): Promise<void> {
    try {
      instance.state = await this.#options.run(instance, signal);
    } finally {
      this.#running.delete(instance);
      this.#aborts.delete(instance);
    }
    if (instance.state === "failed" && this.#options.plan.failFast) this.#failFast();
  }

  /** Terminates running tasks and skips all others, except teardowns. */
  #failFast(): void {
    for (const instance of this.instances.all()) {
      if (instance.task.role === "teardown") continue;
      if (instance.state === "running") this.#aborts.get(instance)?.abort();
      if (instance.state === null) {
        this.#endNotRun(instance, "skipped", "a task failed and the Dag has fail_fast");
      }
    }
  }

  #row(instance: Instance): TaskInstanceRow | undefined {
    return this.#options.store.taskInstance(this.#key(instance));
  }

  #key({ task: { taskId }, mapIndex }: Instance): TaskInstanceKey {
    const { dagId, runId } = this.#options.dagRun;
    return { dagId, runId, taskId, mapIndex };
  }
}

/** The number of items that can be mapped over. */
function lengthOf(value: unknown): number | undefined {
  if (Array.isArray(value)) return value.length;
  return typeof value === "object" && value !== null ? Object.keys(value).length : undefined;
}
