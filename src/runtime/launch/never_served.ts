/**
 * The failure of a bundle whose entry module does not serve.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";

/** Makes the error of a bundle that was loaded and did not call `serve()`. */
export function neverServed(): TaskRuntimeError {
  return new TaskRuntimeError(
    "INVALID",
    "Cannot run the bundle: it never called serve(). Its entry module must end with " +
      "`await new Bundle().register(…).serve()`",
  );
}
