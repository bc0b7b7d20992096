/**
 * The sockets and files that the runtime binary opens for a bundle before it revokes permissions.
 *
 * Binary and bundle share nothing else: the bundle brings its own runtime, which may have another
 * version.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import type { Sockets } from "./sockets.ts";

/** The sockets, and the files that the bundle may not open itself. */
export interface Handover extends Sockets {
  /** The file that the run is recorded to. */
  readonly recording?: Deno.FsFile | undefined;
  /** An empty file for log lines that the supervisor does not read in time. */
  readonly overflow?: Deno.FsFile | undefined;
}

/** The property of `globalThis` that holds the handover until the bundle's runtime takes it. */
const HANDOVER = Symbol.for("airflow-task-runtime.handover");

/** Leaves a handover for the bundle's runtime, which takes it before other code of the bundle runs. */
export function leaveHandover(handover: Handover): void {
  Object.defineProperty(globalThis, HANDOVER, { value: handover, configurable: true });
}

/** Tells whether a handover was left and not taken. */
export function isHandoverLeft(): boolean {
  return Reflect.has(globalThis, HANDOVER);
}

/** Creates the error of a bundle that was loaded and did not call `serve()`. */
export function neverServed(): TaskRuntimeError {
  return new TaskRuntimeError(
    "INVALID",
    "Cannot run the bundle: it never called serve(). Its entry module must end with " +
      "`await new Bundle().register(…).serve()`",
  );
}

/** Takes the handover and removes it from `globalThis`; returns undefined if the binary left none. */
export function takeHandover(): Handover | undefined {
  const handover: unknown = Reflect.get(globalThis, HANDOVER);
  Reflect.deleteProperty(globalThis, HANDOVER);
  return isHandover(handover) ? handover : undefined;
}

function isHandover(value: unknown): value is Handover {
  return typeof value === "object" && value !== null &&
    Reflect.get(value, "comm") instanceof Promise && Reflect.get(value, "logs") instanceof Promise;
}
