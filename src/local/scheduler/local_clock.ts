/**
 * The clock of a local run, which cuts long waits short. Marks set before such a wait then appear to
 * be as long ago as after the full wait.
 *
 * @module
 */

import { after } from "../store/time.ts";
import { sleep } from "../supervisor/sleep.ts";

/** A time, and the seconds skipped until then. */
export interface Mark {
  /** The time on the real clock. */
  readonly at: Temporal.Instant;
  /** The seconds skipped until then. */
  readonly skippedSeconds: number;
}

/**
 * A clock that skips the part of each wait beyond `maxWaitSeconds`.
 *
 * @example
 * ```ts
 * import { LocalClock } from "./local_clock.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const clock = new LocalClock(0);
 * const mark = clock.mark();
 * await clock.wait(3600);
 * assertEquals(clock.seen(mark), mark.at.subtract({ hours: 1 }));
 * ```
 */
export class LocalClock {
  readonly #maxWaitSeconds: number;
  #skippedSeconds = 0;

  /** Creates a clock that waits at most so many seconds at a time. */
  constructor(maxWaitSeconds: number) {
    this.#maxWaitSeconds = maxWaitSeconds;
  }

  /** The seconds of a wait that the clock skips. */
  skips(seconds: number): number {
    return Math.max(0, seconds - this.#maxWaitSeconds);
  }

  /** Waits, without the part to skip; ends early when `signal` aborts. */
  async wait(seconds: number, signal?: AbortSignal): Promise<void> {
    const skipped = this.skips(seconds);
    if (seconds - skipped > 0) await sleep(seconds - skipped, signal);
    this.#skippedSeconds += skipped;
  }

  /** Marks the current time. */
  mark(): Mark {
    return { at: Temporal.Now.instant(), skippedSeconds: this.#skippedSeconds };
  }

  /** The time of a mark as it appears now, earlier by the seconds skipped since. */
  seen({ at, skippedSeconds }: Mark): Temporal.Instant {
    return after(at, skippedSeconds - this.#skippedSeconds);
  }
}
