/**
 * A process that has been launched for a scenario, however it came about.
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
  /** Ends it. */
  kill(signal: Deno.Signal): void;
}
