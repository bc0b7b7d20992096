/**
 * Decides which task instances of a Dag run are next, as Airflow's scheduler does.
 *
 * @module
 */

import { allRelatives, type PlannedTask } from "./dag_plan.ts";
import { type Instance, type Instances, isFinished, mappedOver } from "./instances.ts";
import { applyRule, type TaskVerdict, type UpstreamCounts } from "./trigger_rule.ts";

/** Rules that some of the upstream instances can satisfy. */
const FAST_RULES = ["one_success", "one_failed", "one_done", "none_failed_min_one_success"];

/** The result of one pass of the scheduler. */
export interface NextTasks {
  /** The instances that may run now. */
  readonly ready: readonly Instance[];
  /** True when other instances were expanded or ended without running, so that another pass is due. */
  readonly changed: boolean;
}

/**
 * Decides once about every instance that has not started: it may run, it waits, it is expanded, or
 * it ends without running. Decisions of the same pass do not see each other's terminal states.
 */
export function nextTasks(instances: Instances): NextTasks {
  const scheduler = new Scheduler(instances);
  const open = instances.all().filter(({ state }) => state === null);
  const ready: Instance[] = [];
  let changed = false;
  for (let at = 0; at < open.length; at++) {
    const instance = open[at];
    if (instance === undefined) break;
    const verdict = scheduler.verdict(instance);
    if (verdict === "wait") continue;
    if (verdict !== "run") {
      instance.state = verdict;
      changed = true;
      continue;
    }
    const expanded = instances.expand(instance);
    if (expanded === undefined) ready.push(instance);
    else {
      open.push(...expanded);
      changed = true;
    }
  }
  return { ready, changed };
}

/** Decides by the terminal states at the time of its creation. */
class Scheduler {
  readonly #instances: Instances;
  readonly #finished: ReadonlySet<Instance>;

  constructor(instances: Instances) {
    this.#instances = instances;
    this.#finished = new Set(instances.all().filter(isFinished));
  }

  verdict(instance: Instance): TaskVerdict {
    const verdict = this.#byStates(instance);
    // Airflow checks both in no fixed order and keeps the later state; this keeps the worse one.
    return verdict === "upstream_failed" ? verdict : this.#sourceVerdict(instance) ?? verdict;
  }

  /** A task mapped over a missing result ends like the task that should have pushed the result. */
  #sourceVerdict({ task }: Instance): "skipped" | "upstream_failed" | undefined {
    const mapping = task.mapping ?? task.mappedGroups[0]?.mapping;
    if (mapping === undefined) return undefined;
    const states = [...mappedOver(mapping)].flatMap((taskId) =>
      // An expanded task was neither skipped nor failed as a whole.
      this.#instances.of(taskId).filter(({ mapIndex }) => mapIndex < 0).map(({ state }) => state)
    );
    if (states.includes("failed") || states.includes("upstream_failed")) return "upstream_failed";
    return states.includes("skipped") ? "skipped" : undefined;
  }

  #byStates(instance: Instance): TaskVerdict {
    const { task } = instance;
    if (task.role === "teardown") {
      const verdict = this.#byRule(instance);
      return verdict === "run" && !this.#isScopeDone(instance) ? "wait" : verdict;
    }
    const setups = this.#setupVerdict(instance);
    // An unfinished setup holds the instance back, but its own rule may still end it.
    if (setups !== "run" && setups !== "wait") return setups;
    const verdict = this.#byRule(instance);
    return verdict === "run" ? setups : verdict;
  }

  #byRule(instance: Instance): TaskVerdict {
    const { task, mapIndex } = instance;
    if (task.upstream.size === 0) return "run";
    return applyRule(task.triggerRule, this.#counts(instance, task.upstream), mapIndex);
  }

  /** The verdict of indirect setups whose teardown is downstream of the instance or absent. */
  #setupVerdict(instance: Instance): TaskVerdict {
    const { task } = instance;
    if (task.upstream.size === 0 || task.triggerRule === "always") return "run";
    const { plan } = this.#instances;
    const downstream = allRelatives(plan, task.taskId, "downstream");
    const isTeardown = (taskId: string): boolean => plan.tasks.get(taskId)?.role === "teardown";
    const setups = [...allRelatives(plan, task.taskId, "upstream")].filter((taskId) => {
      const setup = plan.tasks.get(taskId);
      if (setup?.role !== "setup" || task.upstream.has(taskId)) return false;
      const teardowns = [...setup.downstream].filter(isTeardown);
      return teardowns.length === 0 || teardowns.some((teardown) => downstream.has(teardown));
    });
    if (setups.length === 0) return "run";
    return applyRule("all_success", this.#counts(instance, setups), instance.mapIndex);
  }

  /** True when all tasks between a teardown and its setups are done. */
  #isScopeDone(instance: Instance): boolean {
    const { plan } = this.#instances;
    const { task } = instance;
    const before = allRelatives(plan, task.taskId, "upstream").difference(new Set(task.upstream));
    const scope = [...task.upstream]
      .filter((taskId) => plan.tasks.get(taskId)?.role === "setup")
      .flatMap((taskId) => [...allRelatives(plan, taskId, "downstream").intersection(before)]);
    return this.#upstreamOf(instance, new Set(scope)).every((each) => this.#finished.has(each));
  }

  #counts(instance: Instance, taskIds: Iterable<string>): UpstreamCounts {
    const all = this.#upstreamOf(instance, taskIds);
    const done = all.filter((each) => this.#finished.has(each));
    const setups = all.filter(({ task }) => task.role === "setup");
    const count = (rows: readonly Instance[], state: Instance["state"]): number =>
      rows.filter((row) => this.#finished.has(row) && row.state === state).length;
    return {
      upstream: all.length,
      done: done.length,
      success: count(all, "success"),
      failed: count(all, "failed"),
      upstreamFailed: count(all, "upstream_failed"),
      skipped: count(all, "skipped"),
      removed: count(all, "removed"),
      setups: setups.length,
      setupsSucceeded: count(setups, "success"),
      setupsSkipped: count(setups, "skipped"),
    };
  }

  /** The instances of those tasks that concern one instance: in a mapped group, its own indexes. */
  #upstreamOf(instance: Instance, taskIds: Iterable<string>): Instance[] {
    return [...taskIds].flatMap((taskId) => {
      const rows = this.#instances.of(taskId);
      const upstream = this.#instances.plan.tasks.get(taskId);
      if (upstream === undefined || instance.task.mappedGroups.length === 0) return rows;
      if (this.#isBroad(instance, taskId)) return rows;
      const range = this.#instances.relevant(instance, upstream);
      if (range === undefined) return rows;
      const [from, to] = range;
      return rows.filter(({ mapIndex }) => mapIndex < 0 || (mapIndex >= from && mapIndex < to));
    });
  }

  /**
   * True if all instances of an upstream task count, since one of them could decide the rule of an
   * unexpanded task for its whole group.
   */
  #isBroad({ task, mapIndex }: Instance, upstreamId: string): boolean {
    return mapIndex < 0 && FAST_RULES.includes(task.triggerRule) &&
      !expansionSources(task).has(upstreamId);
  }
}

/** The tasks whose results determine the number of instances. */
function expansionSources({ mapping, mappedGroups }: PlannedTask): Set<string> {
  const mappings = [mapping, ...mappedGroups.map((group) => group.mapping)];
  return new Set(mappings.flatMap((each) => each === undefined ? [] : [...mappedOver(each)]));
}
