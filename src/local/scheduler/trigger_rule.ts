/**
 * Airflow's trigger rules: what becomes of a task instance, by the states of those before it.
 *
 * The rules are those of Airflow's TriggerRuleDep; tests hold them against what it decided for
 * several hundred Dags.
 *
 * @module
 */

/** How many of the instances before one are in each state. */
export interface UpstreamCounts {
  /** How many there are. */
  readonly upstream: number;
  /** How many have ended, in whatever state. */
  readonly done: number;
  /** Of them those that succeeded. */
  readonly success: number;
  /** Of them those that failed. */
  readonly failed: number;
  /** Of them those that did not run since others had failed. */
  readonly upstreamFailed: number;
  /** Of them those that were skipped. */
  readonly skipped: number;
  /** Of them those that went away when a mapped task shrank. */
  readonly removed: number;
  /** How many of all are setups. */
  readonly setups: number;
  /** How many setups succeeded. */
  readonly setupsSucceeded: number;
  /** How many setups were skipped. */
  readonly setupsSkipped: number;
}

/** The states that a task instance gets without running. */
export type UnrunState = "skipped" | "upstream_failed" | "removed";

/** What a rule says: to run, to wait, or the state in which the instance ends without running. */
export type Verdict = "run" | "wait" | UnrunState;

/** A trigger rule: the state in which an instance ends unrun, if any, else whether it may run. */
interface Rule {
  readonly ends: (counts: UpstreamCounts, mapIndex: number) => UnrunState | undefined;
  readonly runs: (counts: UpstreamCounts) => boolean;
}

const isDone = ({ done, upstream }: UpstreamCounts): boolean => done >= upstream;
const hasFailed = (counts: UpstreamCounts): boolean => counts.failed + counts.upstreamFailed > 0;

const RULES: Readonly<Record<string, Rule>> = {
  all_success: {
    ends: (counts, mapIndex) => {
      if (hasFailed(counts)) return "upstream_failed";
      if (counts.skipped > 0) return "skipped";
      const { removed, success } = counts;
      return removed > 0 && success > 0 && mapIndex >= success ? "removed" : undefined;
    },
    runs: ({ upstream, success, removed }) => upstream - success - removed <= 0,
  },
  all_failed: {
    ends: ({ success, skipped }) => success + skipped > 0 ? "skipped" : undefined,
    runs: ({ upstream, failed, upstreamFailed, removed }) =>
      upstream - failed - upstreamFailed - removed <= 0,
  },
  all_done: { ends: () => undefined, runs: isDone },
  all_done_min_one_success: {
    ends: ({ skipped, upstream, success, failed, upstreamFailed, removed }) => {
      if (skipped > 0) return "skipped";
      const done = success + failed + upstreamFailed + removed;
      return done >= upstream && success === 0 ? "upstream_failed" : undefined;
    },
    runs: ({ skipped, upstream, success, failed, upstreamFailed, removed }) =>
      skipped === 0 && success + failed + upstreamFailed >= upstream - removed && success > 0,
  },
  all_done_setup_success: {
    ends: (counts) => {
      const { setups, setupsSkipped, setupsSucceeded } = counts;
      if (!isDone(counts) || setups === 0) return undefined;
      if (setupsSkipped >= setups) return "skipped";
      return setupsSucceeded === 0 ? "upstream_failed" : undefined;
    },
    runs: (counts) => isDone(counts) && (counts.setups === 0 || counts.setupsSucceeded > 0),
  },
  one_success: {
    ends: (counts) => {
      if (!isDone(counts)) return undefined;
      if (counts.done === counts.skipped) return "skipped";
      return counts.success === 0 ? "upstream_failed" : undefined;
    },
    runs: ({ success }) => success > 0,
  },
  one_failed: {
    ends: (counts) => isDone(counts) && !hasFailed(counts) ? "skipped" : undefined,
    runs: hasFailed,
  },
  one_done: {
    ends: (counts) =>
      isDone(counts) && counts.failed + counts.success === 0 ? "skipped" : undefined,
    runs: ({ success, failed }) => success + failed > 0,
  },
  none_failed: {
    ends: (counts) => hasFailed(counts) ? "upstream_failed" : undefined,
    runs: ({ upstream, success, skipped, removed }) => upstream - success - skipped - removed <= 0,
  },
  none_failed_min_one_success: {
    ends: (counts) => {
      if (hasFailed(counts)) return "upstream_failed";
      if (counts.skipped === counts.upstream) return "skipped";
      return isDone(counts) && counts.success === 0 ? "upstream_failed" : undefined;
    },
    runs: ({ upstream, success, skipped, removed }) =>
      upstream - success - skipped - removed <= 0 && success > 0,
  },
  none_skipped: {
    ends: ({ skipped }) => skipped > 0 ? "skipped" : undefined,
    runs: (counts) => isDone(counts) && counts.skipped === 0,
  },
  all_skipped: {
    ends: (counts) => counts.success > 0 || hasFailed(counts) ? "skipped" : undefined,
    runs: ({ upstream, skipped }) => upstream - skipped <= 0,
  },
  always: { ends: () => undefined, runs: () => true },
};

/**
 * What becomes of an instance with something before it. A rule that there is not waits for ever.
 *
 * @example A join after branches
 * ```ts
 * import { applyRule, NO_UPSTREAM } from "./trigger_rule.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const counts = { ...NO_UPSTREAM, upstream: 2, done: 2, success: 1, skipped: 1 };
 * assertEquals(applyRule("all_success", counts, -1), "skipped");
 * assertEquals(applyRule("none_failed_min_one_success", counts, -1), "run");
 * ```
 */
export function applyRule(name: string, counts: UpstreamCounts, mapIndex: number): Verdict {
  const rule = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
  if (rule === undefined) return "wait";
  return rule.ends(counts, mapIndex) ?? (rule.runs(counts) ? "run" : "wait");
}

/** Nothing before an instance. */
export const NO_UPSTREAM: UpstreamCounts = {
  upstream: 0,
  done: 0,
  success: 0,
  failed: 0,
  upstreamFailed: 0,
  skipped: 0,
  removed: 0,
  setups: 0,
  setupsSucceeded: 0,
  setupsSkipped: 0,
};
