/**
 * Where an author's file says something, for errors that are found later.
 *
 * @module
 */

/** A place in an author's file. */
export interface SourcePlace {
  /** `file:///dags/etl.ts:12:20`, or nothing when it is not known. */
  toString(): string;
}

/** The place that called `callee`; the stack is read only when somebody asks for it. */
// deno-lint-ignore ban-types -- as captureStackTrace() has it: a class is no callable type
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

/** ` (at file:///dags/etl.ts:12:20)`; empty when the place is not known. */
export function at(place: SourcePlace): string {
  const text = String(place);
  return text === "" ? "" : ` (at ${text})`;
}
