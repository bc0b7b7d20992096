/**
 * Sensors: tasks that look again and again whether something is so.
 *
 * @module
 */
import type { TaskContext } from "./context.ts";
import { FailTask, RescheduleTask, SkipTask, TaskEnding } from "./ending.ts";
import { secondsOf } from "./moment.ts";
import { pause } from "./pause.ts";
import type { Handler, TaskArgs } from "./task_handler.ts";

/** What a look found: whether it is so, and what the task then returns. */
export type PokeResult<Value = unknown> =
  | boolean
  | { readonly done: boolean; readonly value?: Value };

/** How to look again; the names and defaults are those of Airflow's sensors. */
export interface PokeOptions {
  /** Seconds between two looks; 60 by default. */
  pokeInterval?: number;
  /** Whether the interval doubles with each look, give or take up to half of it; false by default. */
  exponentialBackoff?: boolean;
  /** The longest interval in seconds that the backoff grows to; without bound by default. */
  maxWait?: number;
  /** Seconds from the first look of this try after which the sensor fails; 7 days by default. */
  timeout?: number;
  /**
   * How to wait: `"reschedule"`, the default, gives the worker away between two looks; `"poke"`
   * keeps it and waits in the process, for short waits.
   */
  mode?: "reschedule" | "poke";
  /** Whether a timeout, or a {@linkcode FailTask}, skips the task; false by default. */
  softFail?: boolean;
  /** Whether an error is logged and taken for "not yet"; false by default. */
  silentFail?: boolean;
  /** Whether a timeout or any error skips the task; false by default. */
  neverFail?: boolean;
}

/** {@linkcode PokeOptions}, complete and checked. */
export type PokeRule = Readonly<Required<PokeOptions>>;

/** A look that found "not yet", in a sensor that is rescheduled. */
export class PokeAgain extends RescheduleTask {
  /** How to look again; the runtime knows how often it has been done. */
  readonly rule: PokeRule;

  /** Asks to look again, at the soonest one interval from now. */
  constructor(rule: PokeRule) {
    super(Temporal.Now.instant().add(seconds(rule.pokeInterval)), "not yet");
    this.rule = rule;
  }
}

/**
 * Makes the handler of a sensor out of `check`, which says whether it is so.
 *
 * @example
 * ```ts
 * import { poke, TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const published = new TaskHandler("etl", "published", poke(async (_args, ctx) => {
 *   const response = await fetch("https://example.com/report.json", { signal: ctx.signal });
 *   if (!response.ok) return false; // not yet
 *   return { done: true, value: await response.json() };
 * }, { pokeInterval: 30, exponentialBackoff: true, maxWait: 600, timeout: 6 * 3600 }));
 * ```
 *
 * @throws {TaskRuntimeError} `INVALID` when a number of seconds is negative
 */
export function poke<Value = unknown>(
  check: Handler<TaskArgs, PokeResult<Value>>,
  options: PokeOptions = {},
): Handler<TaskArgs, Value | undefined> {
  const rule = ruleOf(options);
  return async (args, ctx) => {
    const start = performance.now();
    for (let looks = 1;; looks++) {
      const result = await look(() => check(args, ctx), ctx, rule);
      if (result === true) return undefined;
      if (typeof result === "object" && result.done) return result.value;
      if (rule.mode === "reschedule") throw new PokeAgain(rule);
      const elapsed = (performance.now() - start) / 1000;
      if (elapsed > rule.timeout) throw timedOut(rule, elapsed);
      await pause(nextInterval(rule, looks, elapsed), ctx.signal);
    }
  };
}

/**
 * Seconds until the next look, after `looks` of them and `elapsed` seconds since the first; never
 * beyond the deadline, so that the last look is close to it.
 */
export function nextInterval(rule: PokeRule, looks: number, elapsed: number): number {
  const remaining = Math.max(0, rule.timeout - elapsed);
  if (!rule.exponentialBackoff) return Math.min(rule.pokeInterval, remaining);
  const full = rule.pokeInterval * 2 ** (looks - 1);
  // Sensors that began together must not look together.
  return Math.min(full / 2 + Math.random() * full / 2, rule.maxWait, remaining);
}

/** How a sensor ends whose time is over. */
export function timedOut(rule: PokeRule, elapsed: number): SkipTask | FailTask {
  const reason = `the sensor timed out: ${elapsed.toFixed(1)} s since its first look are more ` +
    `than the ${rule.timeout} s it has`;
  return rule.softFail || rule.neverFail ? new SkipTask(reason) : new FailTask(reason);
}

async function look<Result>(
  check: () => Result | Promise<Result>,
  ctx: TaskContext,
  rule: PokeRule,
): Promise<Result | false> {
  try {
    return await check();
  } catch (error) {
    if (ctx.signal.aborted) throw error;
    if (error instanceof FailTask) {
      if (rule.softFail || rule.neverFail) throw new SkipTask(error.message, { cause: error });
    } else if (!(error instanceof TaskEnding)) {
      if (rule.silentFail) {
        ctx.log.error(
          "A look failed, to be taken again",
          error instanceof Error ? error : { error },
        );
        return false;
      }
      if (rule.neverFail) throw new SkipTask("a look failed", { cause: error });
    }
    throw error;
  }
}

function ruleOf(options: PokeOptions): PokeRule {
  const problem = "Cannot make a sensor";
  return {
    pokeInterval: secondsOf(options.pokeInterval ?? 60, problem),
    exponentialBackoff: options.exponentialBackoff ?? false,
    maxWait: options.maxWait === undefined ? Infinity : secondsOf(options.maxWait, problem),
    timeout: secondsOf(options.timeout ?? 7 * 24 * 3600, problem),
    mode: options.mode ?? "reschedule",
    softFail: options.softFail ?? false,
    silentFail: options.silentFail ?? false,
    neverFail: options.neverFail ?? false,
  };
}

function seconds(count: number): Temporal.Duration {
  return Temporal.Duration.from({ nanoseconds: Math.round(count * 1e9) });
}
