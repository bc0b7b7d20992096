/**
 * A clock that a test moves.
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";
// Imported here, so that a run cannot replace it.
import { setImmediate } from "node:timers";
import { TaskRuntimeError } from "../error.ts";
import { type Duration, secondsOf } from "../sdk/time.ts";

/** The options of a {@linkcode FakeClock}. */
export interface FakeClockOptions {
  /** The initial time; the present by default. */
  readonly start?: Temporal.Instant | Date | string;
  /**
   * Advances the clock to the next timer whenever the tasks on it only wait for timers; false by
   * default. The clock cannot see waits for I/O, such as the response of a server: leave it false for
   * handlers that use the network.
   */
  readonly autoAdvance?: boolean;
}

/** A timer that has not fired yet. */
interface Timer {
  at: number;
  readonly period: number | undefined;
  readonly fire: () => void;
}

/**
 * A clock for tasks in a test: their timers, `Date`, `Temporal.Now`, `performance.now()` and
 * `AbortSignal.timeout()` follow it. Those of the test itself, and timers that a module imports from
 * `node:timers`, stay real. Do not use `FakeTime` of `@std/testing`, which stops the timers of the
 * whole process and does not change Temporal.
 *
 * @example An execution timeout of ten minutes, without waiting for it
 * ```ts
 * import { TaskHandler } from "@airflow-deno/task-runtime";
 * import { FakeClock, runTask } from "@airflow-deno/task-runtime/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const load = new TaskHandler("etl", "load", async (_args, ctx) => {
 *   await ctx.setExecutionTimeout({ minutes: 10 });
 *   await new Promise((_resolve, reject) => {
 *     ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason));
 *   });
 * });
 * const clock = new FakeClock();
 * const running = runTask(load, { clock });
 * await clock.advance({ minutes: 10 });
 * assertEquals((await running).state, "failed");
 * ```
 */
export class FakeClock {
  readonly #timers = new Map<number, Timer>();
  readonly #autoAdvance: boolean;
  #ms: number;
  #users = 0;
  #running: Promise<void> | undefined;

  /**
   * Makes a clock that stands still until it is advanced.
   *
   * @throws {TaskRuntimeError} `INVALID` when `start` is not a point in time
   */
  constructor(options: FakeClockOptions = {}) {
    this.#ms = startOf(options.start);
    this.#autoAdvance = options.autoAdvance ?? false;
  }

  /** The current time of the clock. */
  get now(): Temporal.Instant {
    return Temporal.Instant.fromEpochMilliseconds(Math.floor(this.#ms));
  }

  /**
   * Advances the clock. Every timer that is due fires at its time, and its consequences finish before
   * the next one fires.
   *
   * @throws {TaskRuntimeError} `INVALID` when `duration` is negative or not a length of time
   */
  async advance(duration: Duration): Promise<void> {
    const end = this.#ms + secondsOf(duration, "Cannot advance the clock", "duration") * 1000;
    await untilIdle();
    while (await this.#fireNext(end)) continue;
    this.#ms = Math.max(this.#ms, end);
    await untilIdle();
  }

  /** Milliseconds since the epoch; for the runtime of the test kit. */
  get epochMilliseconds(): number {
    return this.#ms;
  }

  /** Counts one more process, since two never run at the same time; for the test kit. */
  passProcess(): void {
    this.#ms += 1;
  }

  /** Sets a timer, which fires in the async context of the caller; for the test kit. */
  setTimer(callback: () => void, ms: number, repeats: boolean): number {
    // At least 1 ms, since a loop of timers of 0 ms would stop the clock for ever.
    const delay = Number.isFinite(ms) ? Math.max(1, ms) : 1;
    const fire = AsyncLocalStorage.bind(callback);
    const period = repeats ? delay : undefined;
    // Negative, since the ids of real timers are positive.
    const id = --lastId;
    this.#timers.set(id, { at: this.#ms + delay, period, fire });
    CLOCKS.set(id, this);
    return id;
  }

  /** Clears a timer; for the test kit. */
  clearTimer(id: number): void {
    this.#timers.delete(id);
    CLOCKS.delete(id);
  }

  /** Starts to use the clock for a run, until the result is disposed of; for the test kit. */
  use(): AsyncDisposable {
    this.#users += 1;
    if (this.#users === 1 && this.#autoAdvance) this.#running = this.#run();
    return {
      [Symbol.asyncDispose]: async (): Promise<void> => {
        this.#users -= 1;
        if (this.#users === 0) await this.#running;
      },
    };
  }

  async #run(): Promise<void> {
    for (await untilIdle(); this.#users > 0; await untilIdle()) await this.#fireNext(Infinity);
  }

  /** Fires the next timer that is due by `end`; returns false without one. */
  async #fireNext(end: number): Promise<boolean> {
    const [next] = [...this.#timers].sort(([a, one], [b, other]) => one.at - other.at || b - a);
    if (next === undefined || next[1].at > end) return false;
    const [id, timer] = next;
    this.#ms = Math.max(this.#ms, timer.at);
    if (timer.period === undefined) this.clearTimer(id);
    else timer.at += timer.period;
    timer.fire();
    await untilIdle();
    return true;
  }
}

/** The clock of each timer, since any code may clear a timer by its number. */
const CLOCKS = new Map<number, FakeClock>();
let lastId = 0;

/** Returns the clock of the fake timer `id`; undefined for a real timer. */
export function clockOfTimer(id: number): FakeClock | undefined {
  return CLOCKS.get(id);
}

function startOf(start: Temporal.Instant | Date | string | undefined): number {
  try {
    if (start === undefined) return Date.now();
    if (start instanceof Date) return start.toTemporalInstant().epochMilliseconds;
    return Temporal.Instant.from(start).epochMilliseconds;
  } catch (cause) {
    throw new TaskRuntimeError(
      "INVALID",
      `Cannot set the clock to "${start}": must be a point in time`,
      {
        cause,
      },
    );
  }
}

/** The turns of the event loop after which a conversation within the process waits again. */
const TURNS = 2;

/** Resolves when everything that does not wait for time has run. */
async function untilIdle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) {
    await new Promise<void>((resolve) => void setImmediate(resolve));
  }
}
