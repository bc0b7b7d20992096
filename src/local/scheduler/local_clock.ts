/**
 * The clock of a local run: long waits are cut short, and what was marked before seems as long ago
 * as if they had been waited out.
 *
 * @module
 */

import { after } from "../store/moment.ts";
import { pause } from "../supervisor/pause.ts";

/** A moment, and how much had been skipped by then. */
export interface Mark {
  /** The moment, by the real clock. */
  readonly at: Temporal.Instant;
  /** Seconds skipped until then. */
  readonly skippedSeconds: number;
}

/**
 * A clock that skips what is beyond `maxWaitSeconds` of each wait.
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

  /** A clock that waits at most so many seconds at a time. */
  constructor(maxWaitSeconds: number) {
    this.#maxWaitSeconds = maxWaitSeconds;
  }

  /** The seconds of a wait that are skipped. */
  skips(seconds: number): number {
    return Math.max(0, seconds - this.#maxWaitSeconds);
  }

  /** Waits, or skips what is too long; ends early when `signal` aborts. */
  async wait(seconds: number, signal?: AbortSignal): Promise<void> {
    const skipped = this.skips(seconds);
    if (seconds - skipped > 0) await pause(seconds - skipped, signal);
    this.#skippedSeconds += skipped;
  }

  /** Marks the present. */
  mark(): Mark {
    return { at: Temporal.Now.instant(), skippedSeconds: this.#skippedSeconds };
  }

  /** When a mark was set, as it seems now: what was skipped since lies between. */
  seen({ at, skippedSeconds }: Mark): Temporal.Instant {
    return after(at, skippedSeconds - this.#skippedSeconds);
  }
}
