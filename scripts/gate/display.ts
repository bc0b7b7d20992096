/**
 * What the gate shows: a line a check, of which several may be under way; failures in full, the sum
 * at the end.
 *
 * @module
 */
import type { Counts } from "./counts.ts";

/** What is shown of a check that has ended. */
export interface Result {
  readonly counts: Counts;
  readonly seconds: number;
  readonly output: string;
  /** Whether its tests are counted, not only itself. */
  readonly counted: boolean;
}

const GREEN = 32;
const RED = 31;
const GREY = 90;
const NAME_WIDTH = 32;
/** A line of what is under way, often enough for those who wait, rarely enough for a log. */
const HEARTBEAT_SECONDS = 20;

/** Writes to a stream, in colour if that is a terminal and `NO_COLOR` is not set. */
export class Display {
  readonly #stream: typeof Deno.stdout;
  readonly #coloured: boolean;
  readonly #heartbeats = new Map<string, ReturnType<typeof setInterval>>();

  constructor(stream: typeof Deno.stdout) {
    this.#stream = stream;
    this.#coloured = stream.isTerminal() && !Deno.noColor;
  }

  /** Writes one line. */
  line(text: string): void {
    let bytes = new TextEncoder().encode(`${text}\n`);
    while (bytes.length > 0) bytes = bytes.subarray(this.#stream.writeSync(bytes));
  }

  /** Says now and then that the check is still running. */
  started(name: string): void {
    const since = performance.now();
    const heartbeat = setInterval(() => {
      const seconds = Math.round((performance.now() - since) / 1000);
      this.line(this.#painted(GREY, `  …  ${name.padEnd(NAME_WIDTH)} ${seconds} s`));
    }, HEARTBEAT_SECONDS * 1000);
    this.#heartbeats.set(name, heartbeat);
  }

  /** Shows how the check ended; for a failure, all that it said before. */
  ended(name: string, { counts, seconds, output, counted }: Result): void {
    clearInterval(this.#heartbeats.get(name));
    this.#heartbeats.delete(name);
    const ok = counts.failed === 0;
    if (!ok) this.line(output.trimEnd());
    const outcome = ok ? this.#painted(GREEN, "  ok ") : this.#painted(RED, "FAIL ");
    const numbers = counted ? `  ${sentence(counts)}` : "";
    const time = `${seconds.toFixed(1)} s`.padStart(8);
    this.line(`${outcome}${name.padEnd(NAME_WIDTH)}${time}${numbers}`);
  }

  /** The last line, without colour: others read it. */
  total(counts: Counts): void {
    this.line(sentence(counts));
  }

  #painted(colour: number, text: string): string {
    return this.#coloured ? `\x1b[${colour}m${text}\x1b[0m` : text;
  }
}

function sentence({ passed, failed, skipped }: Counts): string {
  const ignored = skipped > 0 ? `, ${skipped} skipped` : "";
  return `${passed} passed, ${failed} failed${ignored}`;
}
