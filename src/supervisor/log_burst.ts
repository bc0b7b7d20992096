/**
 * Log lines that come so fast that the socket takes them many at once.
 *
 * Nothing leaves before the event loop turns, however long an author's loop logs, so that little is
 * done in it: what the lines say is put side by side in one text, folded, and what they begin with
 * is kept beside it. The rest is done when the socket takes them, and Airflow reads meanwhile
 * ({@linkcode LogUnfolder}).
 *
 * @module
 */
import { shortText } from "./log_text.ts";
import type { SecretsMask } from "./secrets_mask.ts";

/**
 * UTF-16 units after which a burst is full. V8 keeps a text of more than 128 kB where it stays: the
 * garbage collector does not carry it from place to place.
 */
const FULL_LENGTH = 192 * 1024;
/** Lines after which a burst is full. */
const FULL_COUNT = 2 * 1024;
/** Milliseconds after which it is: until then it keeps what an event may be a small piece of. */
const FULL_TIME = 4;

/** Stands between folded lines. JSON has no escape for it, and texts no use. */
export const SEPARATOR = "\x7f";

/** Consecutive lines that begin alike. */
export interface LogRun {
  /** The index of the first. */
  readonly start: number;
  /** When they came, or the first of them if they are whole lines, in ms since 1970. */
  readonly time: number;
  /** Their level; undefined when the text has the whole lines, each with its newline. */
  readonly level: string | undefined;
  /** Their logger. */
  readonly logger: string;
}

/** Log lines, folded. */
export interface FoldedLines {
  /** Side by side, a {@linkcode SEPARATOR} between them; they may hold such ones of their own. */
  readonly text: string;
  /** Where each ends in the text, its separator included. */
  readonly ends: Uint32Array;
  /** What they begin with. */
  readonly runs: readonly LogRun[];
}

/** Gathers events and lines, in order. */
export class LogBurst {
  readonly #secrets: SecretsMask;
  /** As long as they have been: lists that grow anew in each burst would be litter. */
  readonly #texts: string[] = [];
  readonly #ends = new Uint32Array(FULL_COUNT);
  #runs: LogRun[] = [];
  #size = 0;
  #length = 0;
  /** When the first came. */
  #began = NaN;
  #isOld = false;
  /** When the latest run began. */
  #time: number | undefined;
  #level: string | undefined;
  #logger = "";

  /** An empty one, for whose events the `secrets` are known. */
  constructor(secrets: SecretsMask) {
    this.#secrets = secrets;
  }

  /** How many wait. */
  get size(): number {
    return this.#size;
  }

  /** Whether it is time to {@linkcode take} what waits. */
  get isFull(): boolean {
    return this.#length >= FULL_LENGTH || this.#size === FULL_COUNT || this.#isOld;
  }

  /** Takes an event, of which nothing is masked yet. */
  add(level: string, logger: string, event: string): void {
    const time = Date.now();
    if (time !== this.#time || level !== this.#level || logger !== this.#logger) {
      this.#begin(time, level, logger);
    }
    this.#push(shortText(event, this.#secrets));
  }

  /** Takes a line that is ready, with its newline. */
  addLine(line: string): void {
    if (this.#level !== undefined || this.#size === 0) this.#begin(Date.now(), undefined, "");
    this.#push(line);
  }

  #begin(time: number, level: string | undefined, logger: string): void {
    if (this.#size === 0) this.#began = time;
    this.#isOld = time - this.#began > FULL_TIME;
    this.#time = time;
    this.#level = level;
    this.#logger = logger;
    this.#runs.push({ start: this.#size, time, level, logger });
  }

  #push(text: string): void {
    this.#length += text.length + SEPARATOR.length;
    this.#texts[this.#size] = text;
    this.#ends[this.#size++] = this.#length;
  }

  /** All that waits; nothing is left. */
  take(): FoldedLines {
    const size = this.#size;
    // Empty ones behind them do no harm, and cost less than a list of these alone if they are few.
    const texts = 2 * size > this.#texts.length ? this.#texts : this.#texts.slice(0, size);
    const text = texts.join(SEPARATOR);
    const folded = { text, ends: this.#ends.slice(0, size), runs: this.#runs };
    this.#texts.fill("", 0, size);
    this.#runs = [];
    this.#size = 0;
    this.#length = 0;
    this.#time = undefined;
    this.#isOld = false;
    return folded;
  }
}
