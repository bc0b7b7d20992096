/**
 * The tasks of a Dag run in the order of its graph, several at once where the graph allows it.
 *
 * @module
 */

import type { DagPlan } from "./dag_plan.ts";
import type { EndState } from "../supervisor/ending.ts";
import { type Instance, Instances } from "./instances.ts";
import { runState } from "./run_state.ts";
import { scheduleOnce } from "./scheduling.ts";
import type { DagRunRow, Store, TaskInstanceKey, TaskInstanceRow, XCom } from "../store/store.ts";

/** What the run of a graph needs. */
export interface GraphRunOptions {
  /** The Dag. */
  readonly plan: DagPlan;
  /** The Dag run. */
  readonly dagRun: DagRunRow;
  /** Airflow's state. */
  readonly store: Store;
  /** How many tasks may run at once. */
  readonly parallel: number;
  /** Ends what runs, and begins no more. */
  readonly signal?: AbortSignal;
  /** Runs an instance whose time has come; resolves to the state that it ended in. */
  readonly run: (instance: Instance, signal: AbortSignal) => Promise<EndState>;
  /** The state in which a task is to end that nothing here can run; success when undefined. */
  readonly endsAs: (taskId: string) => EndState | undefined;
  /** Is told of an instance that ended without running. */
  readonly onUnrun: (instance: Instance, state: EndState, reason: string) => void;
}

/** How the run of a graph ended. */
export interface GraphEnd {
  /** All instances, in the order of the Dag. */
  readonly instances: readonly Instance[];
  /** The state of the run. */
  readonly state: "success" | "failed" | "running";
}

const RESULT_KEY = "return_value";
const REASONS: Readonly<Record<string, string>> = {
  skipped: "its trigger rule skips it, by the states of the tasks before it",
  upstream_failed: "tasks before it did not end as its trigger rule wants",
  removed: "what it is mapped over has become shorter",
};

/** Runs a Dag's tasks until none is left that could run. */
export async function runGraph(options: GraphRunOptions): Promise<GraphEnd> {
  const run = new GraphRun(options);
  await run.toEnd();
  const { instances } = run;
  return { instances: instances.all(), state: runState(instances) };
}

class GraphRun {
  readonly instances: Instances;
  readonly #options: GraphRunOptions;
  readonly #running = new Map<Instance, Promise<void>>();
  readonly #ends = new Map<Instance, AbortController>();
  readonly #kept = new Set<Instance>();

  constructor(options: GraphRunOptions) {
    this.#options = options;
    const { plan, store, dagRun: { dagId, runId } } = options;
    const xcoms = (taskId: string): XCom[] =>
      store.xcoms({ dagId, runId, taskId, key: RESULT_KEY });
    this.instances = new Instances(plan, {
      length: (taskId) => lengthOf(xcoms(taskId).find(({ mapIndex }) => mapIndex < 0)?.value),
      count: (taskId) => xcoms(taskId).filter(({ mapIndex }) => mapIndex >= 0).length,
    });
  }

  async toEnd(): Promise<void> {
    try {
      this.#settle();
      while (this.#running.size > 0) {
        await Promise.race(this.#running.values());
        this.#settle();
      }
    } catch (error) {
      // A program that cannot be started: what was started before is not left behind.
      for (const end of this.#ends.values()) end.abort();
      await Promise.allSettled(this.#running.values());
      throw error;
    }
  }

  /** Goes on with all that can go on now. */
  #settle(): void {
    let again = true;
    while (again) {
      this.#takeSkips();
      const { ready, changed } = scheduleOnce(this.instances);
      this.#keepRows();
      again = changed;
      for (const instance of ready) {
        const { work, operator, taskId } = instance.task;
        if (work !== "bundle") {
          const state = work === "empty" ? "success" : this.#options.endsAs(taskId) ?? "success";
          this.#endUnrun(
            instance,
            state,
            work === "empty"
              ? "it has no work"
              : `Airflow runs ${operator} itself: here it is taken as done, its XComs are the fixtures'`,
          );
          again = true;
        } else if (this.#hasRoom(instance)) this.#start(instance);
      }
    }
  }

  /** Those that a task has skipped say so in the store alone. */
  #takeSkips(): void {
    for (const instance of this.instances.all()) {
      if (instance.state !== null || this.#row(instance)?.state !== "skipped") continue;
      this.#endUnrun(instance, "skipped", "another task has skipped it");
    }
  }

  /** Tells, and keeps in the store, what scheduling has made of the instances. */
  #keepRows(): void {
    const all = this.instances.all();
    for (const instance of all) {
      const { state } = instance;
      if (state !== null && state !== "running" && !this.#kept.has(instance)) {
        this.#endUnrun(instance, state, REASONS[state] ?? "");
      } else if (state === null && this.#row(instance) === undefined) {
        const key = this.#key(instance);
        this.#options.store.setTaskInstance({ ...key, id: crypto.randomUUID(), state });
        // What stood for the task before it was expanded.
        if (instance.mapIndex === 0) {
          this.#options.store.deleteTaskInstance({ ...key, mapIndex: -1 });
        }
      }
    }
  }

  #endUnrun(instance: Instance, state: EndState, reason: string): void {
    const { store, onUnrun } = this.#options;
    instance.state = state;
    this.#kept.add(instance);
    const now = Temporal.Now.instant();
    const row = this.#row(instance) ?? { ...this.#key(instance), id: crypto.randomUUID() };
    store.setTaskInstance({ startDate: now, endDate: now, ...row, state });
    onUnrun(instance, state, reason);
  }

  #hasRoom({ task }: Instance): boolean {
    const { parallel, plan, signal } = this.#options;
    if (
      signal?.aborted || this.#running.size >= Math.min(parallel, plan.maxActiveTasks ?? Infinity)
    ) {
      return false;
    }
    return this.instances.of(task.taskId).filter(({ state }) => state === "running").length <
      task.maxActive;
  }

  #start(instance: Instance): void {
    const { signal } = this.#options;
    const end = new AbortController();
    instance.state = "running";
    this.#kept.add(instance);
    this.#ends.set(instance, end);
    const both = AbortSignal.any([end.signal, ...(signal === undefined ? [] : [signal])]);
    this.#running.set(instance, this.#follow(instance, both));
  }

  async #follow(instance: Instance, signal: AbortSignal): Promise<void> {
    try {
      instance.state = await this.#options.run(instance, signal);
    } finally {
      this.#running.delete(instance);
      this.#ends.delete(instance);
    }
    if (instance.state === "failed" && this.#options.plan.failFast) this.#failFast();
  }

  /** The first failure ends what runs and skips what has not begun, but for teardowns. */
  #failFast(): void {
    for (const instance of this.instances.all()) {
      if (instance.task.role === "teardown") continue;
      if (instance.state === "running") this.#ends.get(instance)?.abort();
      if (instance.state === null) {
        this.#endUnrun(instance, "skipped", "a task of the Dag has failed, and it fails fast");
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

/** The items of what can be mapped over. */
function lengthOf(value: unknown): number | undefined {
  if (Array.isArray(value)) return value.length;
  return typeof value === "object" && value !== null ? Object.keys(value).length : undefined;
}
