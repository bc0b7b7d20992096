/**
 * A clock that a test moves.
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { TaskRuntimeError } from "../error.ts";
import { type Duration, secondsOf } from "../sdk/time.ts";
import { settle } from "./real_time.ts";

/** How a {@linkcode FakeClock} begins. */
export interface FakeClockOptions {
  /** The time that it shows at first; the present by default. */
  readonly start?: Temporal.Instant | Date | string;
  /**
   * Whether the clock goes on by itself to the next timer whenever the tasks on it do nothing but
   * wait; false by default. What comes from outside, as the answer of a server, is no wait that it
   * can see: leave it false where a handler talks with something real.
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
 * The time of the tasks that are run with it, and of nothing else: their timers, `Date`,
 * `Temporal.Now`, `performance.now()` and `AbortSignal.timeout()` go by it, those of the test do not.
 * Timers that a module imports from `node:timers` stay real. `FakeTime` of `@std/testing` is of no
 * use here: it stops the timers of the whole process, and leaves Temporal as it is.
 *
 * @example A limit of ten minutes, in milliseconds
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
   * A clock that stands still until it is moved.
   *
   * @throws {TaskRuntimeError} `INVALID` when `start` is no point in time
   */
  constructor(options: FakeClockOptions = {}) {
    this.#ms = startOf(options.start);
    this.#autoAdvance = options.autoAdvance ?? false;
  }

  /** What the clock shows. */
  get now(): Temporal.Instant {
    return Temporal.Instant.fromEpochMilliseconds(Math.floor(this.#ms));
  }

  /**
   * Moves the clock ahead. Every timer on the way fires at its time, and its consequences are done
   * before the next one fires.
   *
   * @throws {TaskRuntimeError} `INVALID` when `duration` is negative or not a length of time
   */
  async advance(duration: Duration): Promise<void> {
    const end = this.#ms + secondsOf(duration, "Cannot advance the clock", "duration") * 1000;
    await settle();
    while (await this.#fireNext(end)) continue;
    this.#ms = Math.max(this.#ms, end);
    await settle();
  }

  /** Milliseconds since the epoch. For the run that goes by this clock. */
  get epochMilliseconds(): number {
    return this.#ms;
  }

  /** A process has run: no two of them are at the same time. For the run. */
  passProcess(): void {
    this.#ms += 1;
  }

  /** Sets a timer; the run's own context is in place when it fires. For the run. */
  setTimer(callback: () => void, ms: number, repeats: boolean): number {
    // No timer fires at once: who waits for no time again and again would hold the clock for ever.
    const delay = Number.isFinite(ms) ? Math.max(1, ms) : 1;
    const fire = AsyncLocalStorage.bind(callback);
    const period = repeats ? delay : undefined;
    // Real timers count up from 1, and whoever clears one of these late must not hit them.
    const id = --lastId;
    this.#timers.set(id, { at: this.#ms + delay, period, fire });
    CLOCKS.set(id, this);
    return id;
  }

  /** Takes a timer away. For the run. */
  clearTimer(id: number): void {
    this.#timers.delete(id);
    CLOCKS.delete(id);
  }

  /** A run goes by this clock until what comes back is disposed of. */
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
    for (await settle(); this.#users > 0; await settle()) await this.#fireNext(Infinity);
  }

  /** Fires the next timer that is due by `end`; false when there is none. */
  async #fireNext(end: number): Promise<boolean> {
    const [next] = [...this.#timers].sort(([a, one], [b, other]) => one.at - other.at || b - a);
    if (next === undefined || next[1].at > end) return false;
    const [id, timer] = next;
    this.#ms = Math.max(this.#ms, timer.at);
    if (timer.period === undefined) this.clearTimer(id);
    else timer.at += timer.period;
    timer.fire();
    await settle();
    return true;
  }
}

/** Whose timer it is: a number may be cleared from anywhere. */
const CLOCKS = new Map<number, FakeClock>();
let lastId = 0;

/** The clock of the fake timer `id`; undefined for a real one. */
export function clockOfTimer(id: number): FakeClock | undefined {
  return CLOCKS.get(id);
}

function startOf(start: Temporal.Instant | Date | string | undefined): number {
  try {
    if (start === undefined) return Date.now();
    if (start instanceof Date) return start.toTemporalInstant().epochMilliseconds;
    return Temporal.Instant.from(start).epochMilliseconds;
  } catch (cause) {
    throw new TaskRuntimeError("INVALID", `Cannot set a clock to ${start}: it is no time`, {
      cause,
    });
  }
}
