/**
 * Airflow's trigger rules, which decide about a task instance by the states of upstream instances.
 *
 * The rules are those of Airflow's TriggerRuleDep; a test compares them with its decisions for
 * several hundred Dags.
 *
 * @module
 */

/** The numbers of upstream instances by state. */
export interface UpstreamCounts {
  /** All upstream instances. */
  readonly upstream: number;
  /** Instances in a terminal state. */
  readonly done: number;
  /** Instances that succeeded. */
  readonly success: number;
  /** Instances that failed. */
  readonly failed: number;
  /** Instances that did not run because others failed. */
  readonly upstreamFailed: number;
  /** Instances that were skipped. */
  readonly skipped: number;
  /** Instances that disappeared when a mapped task became smaller. */
  readonly removed: number;
  /** Instances of setups. */
  readonly setups: number;
  /** Instances of setups that succeeded. */
  readonly setupsSucceeded: number;
  /** Instances of setups that were skipped. */
  readonly setupsSkipped: number;
}

/** The states that a task instance gets without running. */
export type UnrunState = "skipped" | "upstream_failed" | "removed";

/** A decision: to run, to wait, or the state in which the instance ends without running. */
export type TaskVerdict = "run" | "wait" | UnrunState;

/** A trigger rule: the state of an instance that does not run, or else whether it may run now. */
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

/** Applies a trigger rule to an instance with upstream tasks. An unknown rule waits forever. */
export function applyRule(name: string, counts: UpstreamCounts, mapIndex: number): TaskVerdict {
  const rule = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
  if (rule === undefined) return "wait";
  return rule.ends(counts, mapIndex) ?? (rule.runs(counts) ? "run" : "wait");
}
