/**
 * An error as Airflow's task log shows one.
 *
 * @module
 */

/** One stack frame, as Airflow's log page shows it. */
export interface LogFrame {
  /** File path or URL. */
  readonly filename: string;
  /** Line, counted from 1; 0 when unknown. */
  readonly lineno: number;
  /** The function; `<anonymous>` when it has no name. */
  readonly name: string;
}

/** One error of a chain, in the form of Python's structured tracebacks. */
export interface LogException {
  /** The error's name, e.g. `"TypeError"`. */
  readonly exc_type: string;
  /** The error's message. */
  readonly exc_value: string;
  /** Notes beside it; the error's code where it has one. */
  readonly exc_notes: readonly string[];
  /** Always null: Python's syntax errors. */
  readonly syntax_error: null;
  /** Whether it is the cause of the error before it in the list. */
  readonly is_cause: boolean;
  /** The stack, the outermost call first, as Python orders it. */
  readonly frames: readonly LogFrame[];
  /** Whether it bundles others, as an AggregateError does. */
  readonly is_group: boolean;
  /** The errors of an AggregateError, each with its chain. */
  readonly exceptions: readonly (readonly LogException[])[];
}

/** How many causes are followed, and how many errors of an AggregateError are shown. */
const MAX_CHAIN = 10;
const MAX_FRAMES = 50;
/** How many errors are shown in all: aggregates of aggregates of causes grow without end. */
const MAX_ERRORS = 100;
/** Longest line taken for a stack frame, in UTF-16 units: a path is no longer. */
const MAX_FRAME_LENGTH = 4096;

/** The chain of an error and its causes. Never throws. */
export function exceptionOf(error: unknown, text: (value: unknown) => string): LogException[] {
  return chainOf(error, { text, left: MAX_ERRORS }, 0);
}

/** How texts are made bearable, and how many errors may still be shown. */
interface Showing {
  readonly text: (value: unknown) => string;
  left: number;
}

function chainOf(error: unknown, showing: Showing, depth: number): LogException[] {
  const chain: LogException[] = [];
  const seen = new Set<unknown>();
  let next = error;
  while (next !== undefined && next !== null && chain.length < MAX_CHAIN && !seen.has(next)) {
    if (showing.left-- <= 0) break;
    seen.add(next);
    chain.push(oneOf(next, showing, chain.length > 0, depth));
    next = causeOf(next);
  }
  return chain;
}

function causeOf(error: unknown): unknown {
  return Error.isError(error) ? get(() => error.cause) : undefined;
}

/** The errors of an AggregateError; anything in its chain of prototypes may throw. */
function errorsOf(error: unknown): unknown[] {
  return get(() => {
    if (!Error.isError(error) || !(error instanceof AggregateError)) return [];
    const errors: unknown = error.errors;
    return Array.isArray(errors) ? Array.prototype.slice.call(errors, 0, MAX_CHAIN) : [];
  }) ?? [];
}

function oneOf(
  error: unknown,
  showing: Showing,
  isCause: boolean,
  depth: number,
): LogException {
  const { text } = showing;
  const show = (read: () => unknown): string => get(() => text(read())) ?? "[cannot read]";
  const group = depth < 3 ? errorsOf(error) : [];
  const code = Error.isError(error) ? get(() => Reflect.get(error, "code")) : undefined;
  return {
    exc_type: Error.isError(error) ? show(() => error.name) : typeof error,
    exc_value: Error.isError(error) ? show(() => error.message) : show(() => Deno.inspect(error)),
    exc_notes: typeof code === "string" ? [`code: ${text(code)}`] : [],
    syntax_error: null,
    is_cause: isCause,
    frames: Error.isError(error) ? framesOf(get(() => error.stack), text) : [],
    is_group: group.length > 0,
    exceptions: group.map((inner) => chainOf(inner, showing, depth + 1)),
  };
}

/** What a stack frame begins with, as V8 writes one. */
const FRAME = "    at ";

/** What ends a stack frame, and how many UTF-16 units of it are looked at. */
const PLACE = /(?::(\d{1,10}))?(?::\d{1,10})?\)?$/;
const PLACE_LENGTH = 24;

/**
 * Reads `    at name (file:line:column)` and `    at file:line:column`; undefined for other lines.
 *
 * An author's code can make any text a stack, so that the time is the line's length and no more.
 */
function frameOf(line: string): LogFrame | undefined {
  if (line.length > MAX_FRAME_LENGTH || !line.startsWith(FRAME)) return undefined;
  const call = line.slice(FRAME.length);
  const open = call.indexOf(" (");
  const where = open < 0 ? call.replace(/^async /, "") : call.slice(open + 2);
  const end = PLACE.exec(where.slice(-PLACE_LENGTH));
  return {
    filename: where.slice(0, where.length - (end?.[0].length ?? 0)),
    lineno: Number(end?.[1] ?? 0),
    name: open < 0 ? "<anonymous>" : call.slice(0, open),
  };
}

/**
 * The file that the runtime was bundled into; undefined when it runs from its sources. A bundle's source
 * map leads the author's frames to the author's files, so frames in this file are the runtime's and
 * packages'.
 */
const BUNDLE = import.meta.url.endsWith("/log_exception.ts") ? undefined : import.meta.url;

function framesOf(stack: unknown, text: (value: unknown) => string): LogFrame[] {
  if (typeof stack !== "string") return [];
  const frames: LogFrame[] = [];
  for (const line of stack.split("\n")) {
    const frame = frameOf(line);
    if (frame === undefined) continue;
    frames.push({ ...frame, filename: text(frame.filename), name: text(frame.name) });
    if (frames.length >= MAX_FRAMES) break;
  }
  const shown = frames.filter(({ filename }) => filename !== BUNDLE);
  // V8 writes the innermost call first, Python's tracebacks end with it.
  return (shown.length > 0 ? shown : frames).reverse();
}

function get<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
