/**
 * Faults that tests put into the supervisor's side of the wire.
 *
 * @module
 */

import type { Reply } from "../api/reply.ts";

/** What goes wrong with one request. */
export interface RequestFault {
  /** Seconds to wait before what happens next. */
  readonly delaySeconds?: number;
  /** In the place of the answer: another one, none, or the end of the connection. */
  readonly instead?: Reply | "none" | "close";
}

/** What goes wrong on purpose; nothing by default. */
export interface Faults {
  /** What goes wrong with this request; undefined when nothing does. */
  readonly of?: (body: Readonly<Record<string, unknown>>) => RequestFault | undefined;
  /** Seconds to wait before the first frame. */
  readonly firstDelaySeconds?: number;
  /** Seconds to wait before each reply. */
  readonly replyDelaySeconds?: number;
  /** Types of requests that never get a reply. */
  readonly neverAnswer?: readonly string[];
  /** Closes the comm connection when this many requests have come, the last one unanswered. */
  readonly closeAfterRequests?: number;
  /** Writes every frame one byte at a time. */
  readonly byteByByte?: boolean;
}
