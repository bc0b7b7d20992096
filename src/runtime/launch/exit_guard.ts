/**
 * Guards against `Deno.exit()` and its like in an author's code.
 *
 * @module
 */

/** Thrown by a guarded `exit()`, so that the code after the call does not run. */
export class ExitRequest extends Error {
  override readonly name: string = "ExitRequest";
  /** The exit code that was asked for. */
  readonly exitCode: number;

  /** Makes one for an exit with `exitCode`; `when` and `call` are for the message. */
  constructor(exitCode: number, when: string, call = `Deno.exit(${exitCode})`) {
    super(`${call} was called ${when}`);
    this.exitCode = exitCode;
  }
}

/**
 * Replaces `Deno.exit()` and `close()` by a call of `onExit` that throws an {@linkcode ExitRequest};
 * disposing restores them. `when` is for the message.
 *
 * Airflow would take the exit code for the task's outcome, and buffered log lines would be lost. Node's
 * `process.exit()` calls `Deno.exit()`, so `process` need not be touched: Deno 2.9 takes 27 ms and more
 * to make it. While `concerns` returns false, calls reach what was there before.
 */
export function guardExit(
  when: string,
  onExit: (request: ExitRequest) => void,
  concerns: () => boolean = () => true,
): Disposable {
  const before = Deno.exit;
  let isPassing = false;
  const refuse = (request: ExitRequest): never => {
    onExit(request);
    throw request;
  };
  const guarded = (code?: number): never =>
    concerns() ? refuse(new ExitRequest(Number(code ?? Deno.exitCode), when)) : pass(code);
  /** A module may have kept an older guard: the one in force decides. */
  const pass = (code: number | undefined): never => {
    const next = isPassing || Deno.exit === guarded ? before : Deno.exit;
    isPassing = true;
    try {
      return next(code);
    } finally {
      isPassing = false;
    }
  };
  const { close } = globalThis;
  const restores = [
    replace(Deno, "exit", guarded),
    // In Deno, `close()` ends the process with code 0.
    replace(globalThis, "close", () => {
      if (!concerns()) return close();
      refuse(new ExitRequest(0, when, "close()"));
    }),
  ];
  return {
    [Symbol.dispose](): void {
      for (const restore of restores) restore();
    },
  };
}

function replace(target: object, name: string, value: unknown): () => void {
  const original = Object.getOwnPropertyDescriptor(target, name);
  if (original === undefined || !original.configurable) return () => {};
  Object.defineProperty(target, name, { ...original, value });
  return () => Object.defineProperty(target, name, original);
}
