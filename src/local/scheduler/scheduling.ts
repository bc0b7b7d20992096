/**
 * What becomes next of the task instances of a Dag run, as Airflow's scheduler decides it.
 *
 * @module
 */

import { allRelatives, type PlannedTask } from "./dag_plan.ts";
import { type Instance, type Instances, isFinished } from "./instances.ts";
import { mappedOver } from "./mapping.ts";
import { applyRule, type UpstreamCounts, type Verdict } from "./trigger_rule.ts";

/** Rules that a part of what is before an instance can satisfy. */
const FAST_RULES = ["one_success", "one_failed", "one_done", "none_failed_min_one_success"];

/**
 * Goes once over all instances that have not begun: some end without running, some are expanded,
 * and those that may run now are told. What has ended is looked at as it was before.
 */
export function scheduleOnce(
  instances: Instances,
): { readonly ready: readonly Instance[]; readonly changed: boolean } {
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

/** Looks at the instances as they stood when it was made, but for those that expansion brings. */
class Scheduler {
  readonly #instances: Instances;
  readonly #finished: ReadonlySet<Instance>;

  constructor(instances: Instances) {
    this.#instances = instances;
    this.#finished = new Set(instances.all().filter(isFinished));
  }

  verdict(instance: Instance): Verdict {
    const verdict = this.#byStates(instance);
    // Airflow asks both in no fixed order, and of two ends the later stands: here the worse does.
    return verdict === "upstream_failed" ? verdict : this.#sourceVerdict(instance) ?? verdict;
  }

  /** What is mapped over a result that there will not be ends like the task that had to give it. */
  #sourceVerdict({ task }: Instance): "skipped" | "upstream_failed" | undefined {
    const mapping = task.mapping ?? task.mappedGroups[0]?.mapping;
    if (mapping === undefined) return undefined;
    const states = [...mappedOver(mapping)].flatMap((taskId) =>
      // One that has been expanded was neither skipped nor failed as a whole.
      this.#instances.of(taskId).filter(({ mapIndex }) => mapIndex < 0).map(({ state }) => state)
    );
    if (states.includes("failed") || states.includes("upstream_failed")) return "upstream_failed";
    return states.includes("skipped") ? "skipped" : undefined;
  }

  #byStates(instance: Instance): Verdict {
    const { task } = instance;
    if (task.role === "teardown") {
      const verdict = this.#byRule(instance);
      return verdict === "run" && !this.#isScopeDone(instance) ? "wait" : verdict;
    }
    const setups = this.#setupVerdict(instance);
    // A setup that is not done holds an instance back, but its rule may end it all the same.
    if (setups !== "run" && setups !== "wait") return setups;
    const verdict = this.#byRule(instance);
    return verdict === "run" ? setups : verdict;
  }

  #byRule(instance: Instance): Verdict {
    const { task, mapIndex } = instance;
    if (task.upstream.size === 0) return "run";
    return applyRule(task.triggerRule, this.#counts(instance, task.upstream), mapIndex);
  }

  /** What the setups further up say, whose teardowns are behind the instance or nowhere. */
  #setupVerdict(instance: Instance): Verdict {
    const { task } = instance;
    if (task.upstream.size === 0 || task.triggerRule === "always") return "run";
    const { plan } = this.#instances;
    const behind = allRelatives(plan, task.taskId, "downstream");
    const isTeardown = (taskId: string): boolean => plan.tasks.get(taskId)?.role === "teardown";
    const setups = [...allRelatives(plan, task.taskId, "upstream")].filter((taskId) => {
      const setup = plan.tasks.get(taskId);
      if (setup?.role !== "setup" || task.upstream.has(taskId)) return false;
      const teardowns = [...setup.downstream].filter(isTeardown);
      return teardowns.length === 0 || teardowns.some((teardown) => behind.has(teardown));
    });
    if (setups.length === 0) return "run";
    return applyRule("all_success", this.#counts(instance, setups), instance.mapIndex);
  }

  /** Whether all is done between the setups directly before a teardown and the teardown. */
  #isScopeDone(instance: Instance): boolean {
    const { plan } = this.#instances;
    const { task } = instance;
    const before = allRelatives(plan, task.taskId, "upstream").difference(new Set(task.upstream));
    const scope = [...task.upstream]
      .filter((taskId) => plan.tasks.get(taskId)?.role === "setup")
      .flatMap((taskId) => [...allRelatives(plan, taskId, "downstream").intersection(before)]);
    return this.#before(instance, new Set(scope)).every((each) => this.#finished.has(each));
  }

  #counts(instance: Instance, taskIds: Iterable<string>): UpstreamCounts {
    const all = this.#before(instance, taskIds);
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

  /** The instances of those tasks that count for one: in a mapped group, those of its own index. */
  #before(instance: Instance, taskIds: Iterable<string>): Instance[] {
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

  /** Before the group is expanded, a part of a task before it must not decide for all of it. */
  #isBroad({ task, mapIndex }: Instance, upstreamId: string): boolean {
    return mapIndex < 0 && FAST_RULES.includes(task.triggerRule) &&
      !expansionSources(task).has(upstreamId);
  }
}

/** The tasks whose results say how often a task is there. */
function expansionSources({ mapping, mappedGroups }: PlannedTask): Set<string> {
  const mappings = [mapping, ...mappedGroups.map((group) => group.mapping)];
  return new Set(mappings.flatMap((each) => each === undefined ? [] : [...mappedOver(each)]));
}
