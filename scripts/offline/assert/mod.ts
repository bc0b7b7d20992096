/**
 * Stand-in for the part of `@std/assert` in use here, for machines that cannot reach JSR.
 *
 * @module
 */
import { inspect } from "node:util";
import { equal } from "./equal.ts";

export { equal } from "./equal.ts";

// deno-lint-ignore no-explicit-any -- the real package's own signature
type AnyConstructor = abstract new (...args: any[]) => any;
// deno-lint-ignore no-explicit-any -- the real package's own signature
type ErrorClass<E extends Error> = abstract new (...args: any[]) => E;
type Falsy = false | 0 | 0n | "" | null | undefined;

/** The error of a failed assertion. */
export class AssertionError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}

function show(value: unknown): string {
  return inspect(value, { depth: 20, maxArrayLength: 200, maxStringLength: 4000, sorted: true });
}

function refuse(message: string, reason: string | undefined): never {
  throw new AssertionError(reason === undefined ? message : `${message}: ${reason}`);
}

/** Fails unless `expr` is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/** Fails unless `expr` is falsy. */
export function assertFalse(expr: unknown, msg = ""): asserts expr is Falsy {
  if (expr) throw new AssertionError(msg);
}

/** Always fails. */
export function fail(msg?: string): never {
  throw new AssertionError(msg === undefined ? "Failed assertion" : `Failed assertion: ${msg}`);
}

/** Fails unless both values are deeply equal, see {@linkcode equal}. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) return;
  const differences = `\n  actual:   ${show(actual)}\n  expected: ${show(expected)}`;
  refuse(`Values are not equal`, `${msg ?? ""}${differences}`);
}

/** Fails if both values are deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) refuse(`Expected actual not to be ${show(expected)}`, msg);
}

/** Fails unless both are the same value (`Object.is`). */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  if (Object.is(actual, expected)) return;
  refuse(`Values are not strictly equal: ${show(actual)} and ${show(expected)}`, msg);
}

/** Fails if both are the same value (`Object.is`). */
export function assertNotStrictEquals<T>(actual: T, expected: T, msg?: string): void {
  if (Object.is(actual, expected)) refuse(`Expected actual not to be ${show(expected)}`, msg);
}

/** Fails on null and undefined. */
export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T> {
  if (actual === undefined || actual === null) {
    refuse(`Expected actual: "${actual}" to not be null or undefined`, msg);
  }
}

/** Fails unless `actual` is an instance of the class. */
export function assertInstanceOf<T extends AnyConstructor>(
  actual: unknown,
  expectedType: T,
  msg?: string,
): asserts actual is InstanceType<T> {
  if (actual instanceof expectedType) return;
  refuse(
    `Expected object to be an instance of "${expectedType.name}" but was ${show(actual)}`,
    msg,
  );
}

/** Fails unless the string contains the other. */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  if (!actual.includes(expected)) refuse(`Expected "${actual}" to contain "${expected}"`, msg);
}

/** Fails unless the string matches. */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  if (!expected.test(actual)) refuse(`Expected "${actual}" to match "${expected}"`, msg);
}

/** Fails if the string matches. */
export function assertNotMatch(actual: string, expected: RegExp, msg?: string): void {
  if (expected.test(actual)) refuse(`Expected "${actual}" to not match "${expected}"`, msg);
}

/** Fails unless every item of `expected` is in `actual`, by deep equality. */
export function assertArrayIncludes<T>(
  actual: ArrayLike<T> & object,
  expected: ArrayLike<T> & object,
  msg?: string,
): void {
  const missing = Array.from(expected).filter((wanted) =>
    !Array.from(actual).some((item) => equal(item, wanted))
  );
  if (missing.length > 0) {
    refuse(`Expected ${show(actual)} to include ${show(expected)}, missing ${show(missing)}`, msg);
  }
}

/** Fails unless the numbers are within `tolerance` (by default a ten-millionth) of each other. */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  msg?: string,
): void {
  if (Object.is(actual, expected)) return;
  const most = tolerance ?? (Number.isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7);
  const delta = Math.abs(expected - actual);
  if (!(delta <= most)) {
    refuse(`Expected actual: "${actual}" to be close to "${expected}": delta "${delta}"`, msg);
  }
}

/** Fails unless `actual > expected`. */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual > expected)) refuse(`Expect ${show(actual)} > ${show(expected)}`, msg);
}

/** Fails unless `actual >= expected`. */
export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual >= expected)) refuse(`Expect ${show(actual)} >= ${show(expected)}`, msg);
}

/** Fails unless `actual < expected`. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual < expected)) refuse(`Expect ${show(actual)} < ${show(expected)}`, msg);
}

/** Fails unless `actual <= expected`. */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual <= expected)) refuse(`Expect ${show(actual)} <= ${show(expected)}`, msg);
}

/** Fails unless `actual` has every property of `expected`, at every depth. */
export function assertObjectMatch(
  // deno-lint-ignore no-explicit-any -- the real package's own signature
  actual: Record<PropertyKey, any>,
  expected: Record<PropertyKey, unknown>,
  msg?: string,
): void {
  assertEquals<unknown>(narrowedTo(actual, expected), narrowedTo(expected, expected), msg);
}

/** Returns the part of `actual` that `expected` has as well. */
function narrowedTo(actual: unknown, expected: unknown): unknown {
  if (!isContainer(actual) || !isContainer(expected)) return actual;
  if (Array.isArray(actual) !== Array.isArray(expected)) return actual;
  if (Array.isArray(expected)) {
    // Arrays are compared item by item, up to the length of the expected one.
    const items = Array.isArray(actual) ? expected.slice(0, actual.length) : expected;
    return items.map((item, index) => narrowedTo(Reflect.get(actual, index), item));
  }
  const part: [PropertyKey, unknown][] = [];
  for (const key of Reflect.ownKeys(expected)) {
    if (key in actual) {
      part.push([key, narrowedTo(Reflect.get(actual, key), Reflect.get(expected, key))]);
    }
  }
  return Object.fromEntries(part);
}

function isContainer(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Array.isArray(value);
}

/** Fails unless `error` is an error, of the class and with the text in its message if given. */
export function assertIsError<E extends Error = Error>(
  error: unknown,
  ErrorClass?: ErrorClass<E>,
  msgMatches?: string | RegExp,
  msg?: string,
): asserts error is E {
  if (!(error instanceof Error)) {
    refuse(`Expected "error" to be an Error object, but it is ${show(error)}`, msg);
  }
  if (ErrorClass !== undefined && !(error instanceof ErrorClass)) {
    const was = `"${error.constructor.name}": ${error.message}`;
    refuse(`Expected error to be instance of "${ErrorClass.name}", but was ${was}`, msg);
  }
  const matches = typeof msgMatches === "string"
    ? error.message.includes(msgMatches)
    : msgMatches?.test(error.message) ?? true;
  if (!matches) {
    refuse(`Expected error message to include "${msgMatches}", but got "${error.message}"`, msg);
  }
}

/** The arguments after the function: a message, or a class, a part of the error's message and a message. */
type Expectation = [
  expected: string | ErrorClass<Error> | undefined,
  msgIncludes: string | undefined,
  msg: string | undefined,
];

function judge(error: unknown, [expected, includes, msg]: Expectation): unknown {
  if (typeof expected === "function") assertIsError(error, expected, includes, msg);
  return error;
}

function reason([expected, _, msg]: Expectation): string | undefined {
  return typeof expected === "string" ? expected : msg;
}

/** Fails unless the function throws; returns what it threw. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/** Fails unless the function throws an error of the class; returns it. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  expected?: string | ErrorClass<Error>,
  msgIncludes?: string,
  msg?: string,
): unknown {
  try {
    fn();
  } catch (error) {
    return judge(error, [expected, msgIncludes, msg]);
  }
  refuse("Expected function to throw", reason([expected, msgIncludes, msg]));
}

/** Fails unless the function's promise is rejected; resolves with the reason. */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
/** Fails unless the function's promise is rejected with an error of the class; resolves with it. */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  expected?: string | ErrorClass<Error>,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  let promise: PromiseLike<unknown>;
  try {
    promise = fn();
  } catch (error) {
    refuse("Function throws when expected to reject", String(error));
  }
  if (typeof promise?.then !== "function") {
    refuse("Function throws when expected to reject", "it did not return a promise");
  }
  try {
    await promise;
  } catch (error) {
    return judge(error, [expected, msgIncludes, msg]);
  }
  refuse("Expected function to reject", reason([expected, msgIncludes, msg]));
}
