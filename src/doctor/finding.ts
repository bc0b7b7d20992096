/**
 * One thing that was looked at, and how it is.
 *
 * @module
 */

/** A finding. */
export interface Finding {
  /** What was looked at, in a word or two. */
  readonly topic: string;
  /** `"ok"`; `"warn"`: it works, but; `"fail"`: tasks will not run. */
  readonly status: "ok" | "warn" | "fail";
  /** How it is. */
  readonly text: string;
  /** What to change. */
  readonly fix?: string;
}
