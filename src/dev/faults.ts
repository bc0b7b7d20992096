/**
 * Faults that tests put into the supervisor's side of the wire.
 *
 * @module
 */

/** What goes wrong on purpose; nothing by default. */
export interface Faults {
  /** Seconds to wait before each reply. */
  readonly replyDelaySeconds?: number;
  /** Types of requests that never get a reply. */
  readonly neverAnswer?: readonly string[];
  /** Closes the comm connection when this many requests have come, the last one unanswered. */
  readonly closeAfterRequests?: number;
  /** Writes every frame one byte at a time. */
  readonly byteByByte?: boolean;
}
