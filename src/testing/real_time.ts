/**
 * The real event loop, kept from before any run has its own time.
 *
 * @module
 */
import { setImmediate } from "node:timers";

/** Turns of the event loop in which a conversation within the process comes to its next wait. */
const TURNS = 2;

/** Resolves when all that needs no time has been done. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) {
    await new Promise<void>((resolve) => void setImmediate(resolve));
  }
}
