/**
 * Places in authors' files, for errors that are found later.
 *
 * @module
 */

/** A place in an author's file. */
export interface SourcePlace {
  /** Returns `file:///dags/etl.ts:12:20`; an empty string when the place is not known. */
  toString(): string;
}

/** Returns the place that called `callee`; the stack is formatted only when it is needed. */
// deno-lint-ignore ban-types -- as in captureStackTrace(): a class has no callable type
export function placeOfCaller(callee: Function): SourcePlace {
  const holder: { stack?: string } = {};
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 1;
  Error.captureStackTrace(holder, callee);
  Error.stackTraceLimit = limit;
  return {
    toString: (): string =>
      /\(?((?:file|https?):[^\s()]+:\d+:\d+)\)?$/m.exec(holder.stack ?? "")?.[1] ?? "",
  };
}

/** Returns ` (at file:///dags/etl.ts:12:20)`; an empty string when the place is not known. */
export function at(place: SourcePlace): string {
  const text = String(place);
  return text === "" ? "" : ` (at ${text})`;
}
