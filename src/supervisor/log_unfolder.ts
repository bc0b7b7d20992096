/**
 * Folded log lines as the bytes that Airflow reads.
 *
 * Most events are plain: JSON shows them as they are, and a byte for each character. Those are looked
 * through four bytes at a time and copied into place, and leave nothing to the garbage collector.
 * The others become JSON as texts.
 *
 * @module
 */
import type { FoldedLines, LogRun } from "./log_burst.ts";
import { logHead } from "./log_head.ts";
import type { SecretsMask } from "./secrets_mask.ts";

/** Bytes of a write, at the most: about those of a full burst. Each turn of the event loop costs. */
const CHUNK_LENGTH = 512 * 1024;
/** Bytes for what lines begin with; what is longer is put before them as text. */
const HEAD_LENGTH = 1024;
/** Bytes of events that are looked through at once. */
const PIECE_LENGTH = 64 * 1024;
/** Events for which the way by copies is not worth its beginning. */
const FEW = 4;

const HEAD = CHUNK_LENGTH;
const PIECE = HEAD + HEAD_LENGTH;

const SPACE = 0x20;
/** What follows an event: `"}` and a newline. */
const TAIL = [0x22, 0x7d, 0x0a] as const;

/** Stands between events while they are one text. JSON has no escape for it, and texts no use. */
const SEPARATOR = "\x7f";
const SEPARATORS = /\x7f/g;

/** Makes bytes of folded lines, always in the same memory. */
export class LogUnfolder {
  readonly #secrets: SecretsMask;
  readonly #encoder = new TextEncoder();
  /** The chunk, the head of the lines, the events: in one, for copies within it cost the least. */
  readonly #bytes = new Uint8Array(PIECE + PIECE_LENGTH);
  readonly #head = this.#bytes.subarray(HEAD, PIECE);
  readonly #piece = this.#bytes.subarray(PIECE);
  readonly #words = new Int32Array(this.#bytes.buffer, PIECE);
  /** Bytes of the chunk so far. */
  #length = 0;

  /** Keeps the `secrets` out of the lines. */
  constructor(secrets: SecretsMask) {
    this.#secrets = secrets;
  }

  /** The lines in chunks, each of which holds until the next is asked for. */
  *unfold({ text, ends, runs }: FoldedLines): Generator<Uint8Array, void, undefined> {
    this.#length = 0;
    for (let i = 0; i < runs.length; i++) {
      const run = runs[i];
      if (run === undefined) continue;
      const end = runs[i + 1]?.start ?? ends.length;
      if (run.level !== undefined) yield* this.#run(text, ends, run, run.level, end);
      else yield* this.#text(text.slice(ends[run.start - 1] ?? 0, ends[end - 1]));
    }
    if (this.#length > 0) yield this.#chunk();
  }

  #chunk(): Uint8Array {
    const chunk = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    return chunk;
  }

  /** Lines that begin alike, up to that at `end`. */
  *#run(
    text: string,
    ends: Uint32Array,
    run: LogRun,
    level: string,
    end: number,
  ): Generator<Uint8Array, void, undefined> {
    const head = `${logHead(run.time, level, run.logger, this.#secrets)},"event":`;
    const headLength = end - run.start > FEW ? this.#putHead(`${head}"`) : Infinity;
    for (let first = run.start; first < end;) {
      const last = pieceEnd(ends, first, end, headLength + TAIL.length);
      const events = text.slice(ends[first - 1] ?? 0, ends[last - 1]);
      const length = events.length + (last - first) * (headLength + TAIL.length);
      if (length <= CHUNK_LENGTH && this.#putPlain(events)) {
        if (this.#length + length > CHUNK_LENGTH) yield this.#chunk();
        this.#copy(ends, first, last, headLength);
      } else {
        const each = Array.from(
          ends.subarray(first, last),
          (at, i) => text.slice(ends[first + i - 1] ?? 0, at),
        );
        yield* this.#text(linesOf(head, each, this.#secrets));
      }
      first = last;
    }
  }

  /** The length of the head in bytes; Infinity when there is no room for it. */
  #putHead(head: string): number {
    const { read, written } = this.#encoder.encodeInto(head, this.#head);
    return read === head.length ? written : Infinity;
  }

  /** Whether the events may go into the lines as they are; then their bytes are ready. */
  #putPlain(events: string): boolean {
    if (events.length > PIECE_LENGTH) return false;
    if (!this.#secrets.isEmpty && this.#secrets.mask(events) !== events) return false;
    const { written } = this.#encoder.encodeInto(events, this.#piece);
    if (written !== events.length) return false;
    const words = Math.ceil(written / 4);
    this.#piece.fill(SPACE, written, 4 * words);
    return isPlain(this.#words, words);
  }

  /** Puts together head, event and tail of each line. */
  #copy(ends: Uint32Array, first: number, last: number, headLength: number): void {
    const bytes = this.#bytes;
    const begin = ends[first - 1] ?? 0;
    let to = this.#length;
    let from = begin;
    for (let i = first; i < last; i++) {
      const end = ends[i] ?? from;
      bytes.copyWithin(to, HEAD, HEAD + headLength);
      to += headLength;
      bytes.copyWithin(to, PIECE + from - begin, PIECE + end - begin);
      to += end - from;
      bytes[to++] = TAIL[0];
      bytes[to++] = TAIL[1];
      bytes[to++] = TAIL[2];
      from = end;
    }
    this.#length = to;
  }

  *#text(text: string): Generator<Uint8Array, void, undefined> {
    for (let at = 0; at < text.length;) {
      const room = this.#bytes.subarray(this.#length, CHUNK_LENGTH);
      const { read, written } = this.#encoder.encodeInto(at === 0 ? text : text.slice(at), room);
      this.#length += written;
      at += read;
      if (at < text.length) yield this.#chunk();
    }
  }
}

/** The index after the events from `first` on that fit a piece, and their lines a chunk; at least one. */
function pieceEnd(ends: Uint32Array, first: number, end: number, more: number): number {
  const begin = ends[first - 1] ?? 0;
  const most = Math.max(1, Math.min(end - first, (CHUNK_LENGTH - PIECE_LENGTH) / more));
  let last = first + 1;
  while (last - first < most && (ends[last] ?? Infinity) - begin <= PIECE_LENGTH) last++;
  return last;
}

/**
 * Whether all bytes are ASCII and JSON shows each as it is. A byte's highest bit gets set where it
 * was, or where a subtraction borrows: below a space, and at a quote or backslash made zero.
 */
function isPlain(words: Int32Array, count: number): boolean {
  let marks = 0;
  for (let i = 0; i < count; i++) {
    const word = words[i] ?? 0;
    marks |= word | (word - 0x20202020) |
      ((word ^ 0x22222222) - 0x01010101) | ((word ^ 0x5c5c5c5c) - 0x01010101);
  }
  return (marks & 0x80808080) === 0;
}

/** The lines of events that may hold anything, each with its newline. */
function linesOf(head: string, events: readonly string[], secrets: SecretsMask): string {
  const lines = linesAtOnce(head, events, secrets);
  return lines ?? events.map((event) => {
    const shown = secrets.mask(event.toWellFormed());
    return `${head}${JSON.stringify(shown)}}\n`;
  }).join("");
}

/** The same in one go; undefined where an event holds a secret, or a separator of its own. */
function linesAtOnce(
  head: string,
  events: readonly string[],
  secrets: SecretsMask,
): string | undefined {
  if (events.length < 2) return undefined;
  const text = events.join(SEPARATOR).toWellFormed();
  if (!secrets.isEmpty && secrets.mask(text) !== text) return undefined;
  const json = JSON.stringify(text);
  const between = `"}\n${head}"`;
  const lines = json.replace(SEPARATORS, between.replaceAll("$", "$$$$"));
  const grown = (events.length - 1) * (between.length - SEPARATOR.length);
  return lines.length === json.length + grown ? `${head}${lines}}\n` : undefined;
}
