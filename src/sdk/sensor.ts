/**
 * Sensors: tasks that wait until a condition is met.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import type { TaskContext } from "./context.ts";
import type { Handler, TaskArgs } from "./handler.ts";
import { FailTask, RescheduleTask, SkipTask, TerminalState } from "./terminal_state.ts";
import { type Duration, pause, secondsOf } from "./time.ts";

/** The result of a poke: whether the condition is met, and an optional value for the XCom. */
export type PokeResult<Value = unknown> =
  | boolean
  | { readonly done: boolean; readonly value?: Value };

/**
 * The options of {@linkcode sensor}, with the names and defaults of Airflow's `@task.sensor` except
 * for `mode`.
 */
export interface SensorOptions {
  /** The time between two pokes; one minute by default. */
  pokeInterval?: Duration;
  /** Doubles the interval after each poke, with jitter of up to half of it; false by default. */
  exponentialBackoff?: boolean;
  /** The longest interval of an exponential backoff; no limit by default. */
  maxWait?: Duration;
  /** The time after the first poke of this try at which the sensor fails; 7 days by default. */
  timeout?: Duration;
  /**
   * `"reschedule"`, the default here, frees the worker between two pokes. `"poke"`, Airflow's
   * default, waits in the process, for short waits.
   */
  mode?: "reschedule" | "poke";
  /** Skips the task on a timeout or a {@linkcode FailTask}; false by default. */
  softFail?: boolean;
  /** Logs an error of the check and pokes again; false by default. */
  silentFail?: boolean;
  /** Skips the task on a timeout or any error; not together with `softFail`; false by default. */
  neverFail?: boolean;
}

/** Complete and checked {@linkcode SensorOptions}, lengths of time in seconds. */
export interface SensorRule
  extends
    Readonly<Required<Omit<SensorOptions, "pokeInterval" | "maxWait" | "timeout">>>,
    Readonly<Record<"pokeInterval" | "maxWait" | "timeout", number>> {}

/** A poke that did not find the condition met, in a sensor that reschedules. */
export class PokeAgain extends RescheduleTask {
  /** The rule for the next poke; the runtime counts the pokes. */
  readonly rule: SensorRule;

  /** Reschedules the task one interval from now. */
  constructor(rule: SensorRule) {
    const nanoseconds = Math.round(rule.pokeInterval * 1e9);
    super(Temporal.Now.instant().add({ nanoseconds }), "not yet");
    this.rule = rule;
  }
}

/**
 * Makes the handler of a sensor: it calls `check` until the condition is met.
 *
 * A check returns true or false, or `{ done: true, value }` for a value that becomes the XCom
 * `return_value`.
 *
 * @example
 * ```ts
 * import { sensor, TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const published = new TaskHandler("etl", "published", sensor(async (_args, ctx) => {
 *   const response = await fetch("https://example.com/report.json", { signal: ctx.signal });
 *   if (!response.ok) return false; // not yet
 *   return { done: true, value: await response.json() };
 * }, { pokeInterval: 30, exponentialBackoff: true, maxWait: { minutes: 10 }, timeout: { hours: 6 } }));
 * ```
 *
 * @throws {TaskRuntimeError} `INVALID` when an option is not valid
 */
export function sensor<Value = unknown, Args = TaskArgs>(
  check: Handler<Args, PokeResult<Value>>,
  options: SensorOptions = {},
): Handler<Args, Value | undefined> {
  const rule = ruleOf(options);
  return async (args, ctx) => {
    const start = performance.now();
    for (let pokes = 1;; pokes++) {
      const result = await poke(() => check(args, ctx), ctx, rule);
      if (result === true) return undefined;
      if (typeof result === "object" && result.done) return result.value;
      if (rule.mode === "reschedule") throw new PokeAgain(rule);
      const elapsed = (performance.now() - start) / 1000;
      if (elapsed > rule.timeout) throw timedOut(rule, elapsed);
      await pause(nextInterval(rule, pokes, elapsed), ctx.signal);
    }
  };
}

/**
 * Returns the seconds until the next poke, after `pokes` of them and `elapsed` seconds since the
 * first. The last poke is at the deadline.
 */
export function nextInterval(rule: SensorRule, pokes: number, elapsed: number): number {
  const remaining = Math.max(0, rule.timeout - elapsed);
  if (!rule.exponentialBackoff) return Math.min(rule.pokeInterval, remaining);
  const full = rule.pokeInterval * 2 ** (pokes - 1);
  // Jitter keeps sensors that began together from poking together.
  return Math.min(full / 2 + Math.random() * full / 2, rule.maxWait, remaining);
}

/** Makes the terminal state of a sensor that timed out. */
export function timedOut(rule: SensorRule, elapsed: number): SkipTask | FailTask {
  const reason =
    `the sensor timed out: its first poke was ${elapsed.toFixed(1)} s ago, and its timeout is ` +
    `${rule.timeout} s`;
  return rule.softFail || rule.neverFail ? new SkipTask(reason) : new FailTask(reason);
}

async function poke<Result>(
  check: () => Result | Promise<Result>,
  ctx: TaskContext,
  rule: SensorRule,
): Promise<Result | false> {
  try {
    return await check();
  } catch (error) {
    if (ctx.signal.aborted) throw error;
    if (error instanceof FailTask) {
      if (rule.softFail || rule.neverFail) throw new SkipTask(error.message, { cause: error });
    } else if (!(error instanceof TerminalState)) {
      if (rule.silentFail) {
        ctx.log.error(
          "The check failed; the sensor pokes again",
          error instanceof Error ? error : { error },
        );
        return false;
      }
      if (rule.neverFail) throw new SkipTask("the check of the sensor failed", { cause: error });
    }
    throw error;
  }
}

function ruleOf(options: SensorOptions): SensorRule {
  const problem = "Cannot make a sensor";
  const { maxWait, mode = "reschedule", softFail = false, neverFail = false } = options;
  if (mode !== "reschedule" && mode !== "poke") {
    throw invalid(`"mode" must be "reschedule" or "poke", got ${JSON.stringify(mode)}`);
  }
  if (softFail && neverFail) throw invalid('"softFail" and "neverFail" exclude each other');
  return {
    pokeInterval: secondsOf(options.pokeInterval ?? 60, problem, "pokeInterval"),
    exponentialBackoff: options.exponentialBackoff ?? false,
    maxWait: maxWait === undefined ? Infinity : secondsOf(maxWait, problem, "maxWait"),
    timeout: secondsOf(options.timeout ?? { days: 7 }, problem, "timeout"),
    mode,
    softFail,
    silentFail: options.silentFail ?? false,
    neverFail,
  };
}

function invalid(reason: string): TaskRuntimeError {
  return new TaskRuntimeError("INVALID", `Cannot make a sensor: ${reason}`);
}
