/**
 * Log lines that come so fast that they begin alike.
 *
 * Most lines are an event and nothing beside it, and a loop that logs makes a thousand of them in a
 * millisecond. To mask, escape and write out one by one takes far longer than all in one go, and
 * leaves a heap of small texts to the garbage collector.
 *
 * @module
 */
import { logHead } from "./log_head.ts";
import { shortText } from "./log_text.ts";
import type { SecretsMask } from "./secrets_mask.ts";

/** UTF-16 units after which a burst is full: those of a write. */
const FULL_LENGTH = 64 * 1024;
/** What a line has beside its event, about. */
const HEAD_LENGTH = 80;

/** Stands between events while they are one text. JSON has no escape for it, and texts no use. */
const SEPARATOR = "\x7f";
const SEPARATORS = /\x7f/g;

/** Events of one millisecond, level and logger. */
export class LogBurst {
  readonly #secrets: SecretsMask;
  #events: string[] = [];
  #length = 0;
  #time = NaN;
  #level = "";
  #logger = "";

  /** An empty one, from whose lines the `secrets` are kept out. */
  constructor(secrets: SecretsMask) {
    this.#secrets = secrets;
  }

  /** How many events wait. */
  get size(): number {
    return this.#events.length;
  }

  /** Takes the event; false when those before it must be taken first, for they are unlike it. */
  add(level: string, logger: string, event: string): boolean {
    const time = Date.now();
    if (this.#events.length === 0) {
      this.#time = time;
      this.#level = level;
      this.#logger = logger;
    } else if (
      time !== this.#time || level !== this.#level || logger !== this.#logger ||
      this.#length >= FULL_LENGTH
    ) {
      return false;
    }
    const shown = shortText(event, this.#secrets);
    this.#length += shown.length + HEAD_LENGTH;
    this.#events.push(shown);
    return true;
  }

  /** The lines, each with its newline; none are left. */
  take(): string {
    const head = `${logHead(this.#time, this.#level, this.#logger, this.#secrets)},"event":`;
    const lines = linesOf(head, this.#events, this.#secrets);
    this.#events = [];
    this.#length = 0;
    return lines;
  }
}

function linesOf(head: string, events: readonly string[], secrets: SecretsMask): string {
  const [first, second] = events;
  if (first !== undefined && second === undefined) return `${head}${jsonOf(first, secrets)}}\n`;
  const json = jsonOf(events.join(SEPARATOR), secrets);
  const between = `"}\n${head}"`;
  const lines = json.replace(SEPARATORS, between.replaceAll("$", "$$$$"));
  const grown = (events.length - 1) * (between.length - SEPARATOR.length);
  if (lines.length === json.length + grown) return `${head}${lines}}\n`;
  // An event holds a separator of its own, or a secret held one.
  return events.map((event) => `${head}${jsonOf(event, secrets)}}\n`).join("");
}

function jsonOf(string: string, secrets: SecretsMask): string {
  return JSON.stringify(secrets.mask(string.toWellFormed()));
}
