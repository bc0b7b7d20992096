/**
 * What was thrown, and why.
 *
 * @module
 */

/** So many are looked at, the first included: errors may cause each other. */
const MOST = 10;

/** What was thrown, then its causes. A getter of an author's error may throw on the way. */
export function* withCauses(thrown: unknown): Generator<unknown> {
  yield thrown;
  let at = causeOf(thrown);
  for (let count = 1; count < MOST && at !== undefined; count++) {
    yield at;
    at = causeOf(at);
  }
}

function causeOf(thrown: unknown): unknown {
  return Error.isError(thrown) ? thrown.cause : undefined;
}
