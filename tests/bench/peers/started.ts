/**
 * A process that runs a scenario: a child of the driver, or a fork by another process.
 *
 * @module
 */

/** One process; {@linkcode Deno.ChildProcess} is one. */
export interface Started {
  /** Its id. */
  readonly pid: number;
  /** Its exit status. */
  readonly status: Promise<{ readonly success: boolean; readonly code: number }>;
  /** Its stdout. */
  readonly stdout: ReadableStream<Uint8Array>;
  /** Its stderr. */
  readonly stderr: ReadableStream<Uint8Array>;
  /** Sends it a signal. */
  kill(signal: Deno.Signal): void;
}
