/**
 * The real event loop, kept before a run replaces the timers.
 *
 * @module
 */
import { setImmediate } from "node:timers";

/** The turns of the event loop after which a conversation within the process waits again. */
const TURNS = 2;

/** Resolves when everything that does not wait for time has run. */
export async function untilIdle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) {
    await new Promise<void>((resolve) => void setImmediate(resolve));
  }
}
