/**
 * Reports a bundle that could not be loaded, by the runtime in the binary.
 *
 * @module
 */
import { takeLaunch } from "./launch.ts";
import { exitUnreported } from "./process_exit.ts";
import { serve } from "./serve.ts";

/** Connects to the supervisor, reports `failure` and ends the process. */
export async function reportFailure(failure: unknown, args: readonly string[]): Promise<void> {
  try {
    const launch = takeLaunch(args);
    if (launch !== undefined) await serve(launch, { failure });
  } catch (error) {
    exitUnreported(error);
  }
}
