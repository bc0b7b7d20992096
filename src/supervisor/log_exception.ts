/**
 * Errors in the form of Airflow's task log.
 *
 * @module
 */

/** A stack frame. */
export interface LogFrame {
  /** File path or URL. */
  readonly filename: string;
  /** Line, counted from 1; 0 when unknown. */
  readonly lineno: number;
  /** The function; `<anonymous>` without a name. */
  readonly name: string;
}

/** An error of a chain of causes, in the form of Python's structured tracebacks. */
export interface LogException {
  /** The error's name, e.g. `"TypeError"`. */
  readonly exc_type: string;
  /** The error's message. */
  readonly exc_value: string;
  /** Notes: the code of the error, if it has one. */
  readonly exc_notes: readonly string[];
  /** Null; Python's syntax errors use it. */
  readonly syntax_error: null;
  /** True if it is the cause of the error before it. */
  readonly is_cause: boolean;
  /** The stack, the outermost call first, as in Python. */
  readonly frames: readonly LogFrame[];
  /** True for an AggregateError. */
  readonly is_group: boolean;
  /** The errors of an AggregateError, each with its causes. */
  readonly exceptions: readonly (readonly LogException[])[];
}

/** The number of causes of an error, and of errors of an AggregateError, that are shown. */
const MAX_CHAIN = 10;
const MAX_FRAMES = 50;
/** The number of errors that are shown in all, because nested AggregateErrors can hold each other. */
const MAX_ERRORS = 100;
/** Longer lines of a stack, in UTF-16 units, are not frames. */
const MAX_FRAME_LENGTH = 4096;

/** Returns an error and its causes. Never throws. `text` makes texts of them safe to log. */
export function exceptionOf(error: unknown, text: (value: unknown) => string): LogException[] {
  return chainOf(error, { text, left: MAX_ERRORS }, 0);
}

/** The function that makes texts safe, and the number of errors that may still be shown. */
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

/** Returns the errors of an AggregateError, each of whose properties may throw. */
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

/** The start of a stack frame of V8. */
const FRAME = "    at ";

/** The end of a stack frame, and how many UTF-16 units it is searched in. */
const PLACE = /(?::(\d{1,10}))?(?::\d{1,10})?\)?$/;
const PLACE_LENGTH = 24;

/**
 * Reads `    at name (file:line:column)` and `    at file:line:column`; returns undefined for other
 * lines. A stack can be any text, so this takes time linear in the length of the line.
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
 * The file that the runtime was bundled into; undefined when it runs from its sources. The source map
 * of a bundle maps the author's frames to the author's files, so frames in this file are those of the
 * runtime and of packages, which are left out.
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
  // V8 writes the innermost call first, Python last.
  return (shown.length > 0 ? shown : frames).reverse();
}

function get<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
