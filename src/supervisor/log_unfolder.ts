/**
 * Folded log lines as the bytes that Airflow reads.
 *
 * Most events are plain: JSON shows them as they are, and a byte for each character. Those are looked
 * through four bytes at a time and copied into place, and leave nothing to the garbage collector.
 * The others become JSON as texts.
 *
 * @module
 */
import { type FoldedLines, type LogRun, SEPARATOR } from "./log_burst.ts";
import { logHead } from "./log_head.ts";
import type { SecretsMask } from "./secrets_mask.ts";

/** Bytes of a write, at the most: about those of a full burst. Each turn of the event loop costs. */
const CHUNK_LENGTH = 512 * 1024;
/** Bytes for what lines begin with; what is longer is put before them as text. */
const HEAD_LENGTH = 1024;
/** Bytes of events that are looked through at once. */
const PIECE_LENGTH = 64 * 1024;
/** Lines that begin alike for which the way by copies is not worth its beginning. */
const FEW = 4;
/** Lines that all go the other way: V8 compiles what it runs often, which takes 5 MB meanwhile. */
const COLD = 1024;

const HEAD = CHUNK_LENGTH;
const PIECE = HEAD + HEAD_LENGTH;

const SPACE = 0x20;
/** What follows an event: `"}` and a newline. */
const TAIL = [0x22, 0x7d, 0x0a] as const;

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

  /** Lines that go the way of texts before any is copied. */
  #cold: number;

  /** Keeps the `secrets` out of the lines, of which the first `cold` ones are not copied. */
  constructor(secrets: SecretsMask, cold: number = COLD) {
    this.#secrets = secrets;
    this.#cold = cold;
  }

  /** The lines in chunks, each of which holds until the next is asked for. */
  *unfold(lines: FoldedLines): Generator<Uint8Array, void, undefined> {
    const { ends, runs } = lines;
    this.#length = 0;
    let texts = "";
    for (const [index, run] of runs.entries()) {
      const end = runs[index + 1]?.start ?? ends.length;
      if (run.level !== undefined && end - run.start > FEW) {
        yield* this.#text(texts);
        texts = "";
        yield* this.#run(lines, run, this.#headOf(run, run.level), end);
        continue;
      }
      const head = run.level === undefined ? undefined : this.#headOf(run, run.level);
      for (let i = run.start; i < end; i++) {
        const text = textAt(lines, i);
        texts += head === undefined ? text : lineOf(head, text, this.#secrets);
        if (texts.length < PIECE_LENGTH) continue;
        yield* this.#text(texts);
        texts = "";
      }
    }
    yield* this.#text(texts);
    if (this.#length > 0) yield this.#chunk();
  }

  #headOf({ time, logger }: LogRun, level: string): string {
    return `${logHead(time, level, logger, this.#secrets)},"event":`;
  }

  #chunk(): Uint8Array {
    const chunk = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    return chunk;
  }

  /** Lines that begin alike, up to that at `end`. */
  *#run(
    lines: FoldedLines,
    { start }: LogRun,
    head: string,
    end: number,
  ): Generator<Uint8Array, void, undefined> {
    const { text, ends } = lines;
    const headLength = this.#putHead(`${head}"`);
    for (let first = start; first < end;) {
      const last = pieceEnd(ends, first, end, headLength + TAIL.length);
      const events = text.slice(ends[first - 1] ?? 0, (ends[last - 1] ?? 0) - SEPARATOR.length);
      const length = events.length + (last - first) * (headLength + TAIL.length);
      if (this.#cold <= 0 && length <= CHUNK_LENGTH && this.#putPlain(events)) {
        if (this.#length + length > CHUNK_LENGTH) yield this.#chunk();
        this.#copy(ends, first, last, headLength);
      } else {
        this.#cold -= last - first;
        const shown = linesOf(head, events, last - first, this.#secrets);
        if (shown !== undefined) yield* this.#text(shown);
        else {
          for (let i = first; i < last; i++) {
            yield* this.#text(lineOf(head, textAt(lines, i), this.#secrets));
          }
        }
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
      bytes.copyWithin(to, PIECE + from - begin, PIECE + end - begin - SEPARATOR.length);
      to += end - from - SEPARATOR.length;
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

/** The folded line, or what it says, at the index. */
function textAt({ text, ends }: FoldedLines, index: number): string {
  return text.slice(ends[index - 1] ?? 0, (ends[index] ?? 0) - SEPARATOR.length);
}

function lineOf(head: string, event: string, secrets: SecretsMask): string {
  return `${head}${JSON.stringify(secrets.mask(event.toWellFormed()))}}\n`;
}

/** The lines of `count` folded events; undefined where one holds a separator, or a secret does. */
function linesOf(
  head: string,
  events: string,
  count: number,
  secrets: SecretsMask,
): string | undefined {
  const text = events.toWellFormed();
  const masked = secrets.mask(text);
  // Masking takes separators away and adds none: as many before and after are the same ones.
  if (masked !== text && !hasSeparators(text, count - 1)) return undefined;
  const json = JSON.stringify(masked);
  const between = `"}\n${head}"`;
  const lines = json.replace(SEPARATORS, between.replaceAll("$", "$$$$"));
  const grown = (count - 1) * (between.length - SEPARATOR.length);
  return lines.length === json.length + grown ? `${head}${lines}}\n` : undefined;
}

function hasSeparators(text: string, count: number): boolean {
  let found = 0;
  for (let at = text.indexOf(SEPARATOR); at >= 0; at = text.indexOf(SEPARATOR, at + 1)) found++;
  return found === count;
}
