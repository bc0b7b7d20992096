/**
 * The result of one check.
 *
 * @module
 */

/** A finding of doctor. */
export interface Finding {
  /** The subject of the check, in a word or two. */
  readonly topic: string;
  /** `"fail"` means that tasks will not run. */
  readonly status: "ok" | "warn" | "fail";
  /** The result. */
  readonly text: string;
  /** The change that fixes it. */
  readonly fix?: string;
}
