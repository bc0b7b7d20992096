/**
 * `Deno.exit()` in an author's code.
 *
 * @module
 */

/** Ends the process at once; the real one, kept from before any guard. */
export const exit: (code?: number) => never = Deno.exit;

/** Thrown out of a guarded `exit()`, so that the code behind the call does not run on. */
export class ExitRequest extends Error {
  override readonly name: string = "ExitRequest";
  /** The exit code that was asked for. */
  readonly exitCode: number;

  /** An exit with `exitCode` was asked for; `when` is for the message, and so is the call. */
  constructor(exitCode: number, when: string, call = `Deno.exit(${exitCode})`) {
    super(`${call} was called ${when}`);
    this.exitCode = exitCode;
  }
}

/**
 * Turns `Deno.exit()`, `process.exit()` and `close()` into a call of `onExit` and an
 * {@linkcode ExitRequest} that is thrown; disposing restores them. `when` is for the message.
 *
 * Airflow would take an exit code for the task's outcome, and the log lines on their way would be
 * lost: how a task ends is for the runtime to tell. Where `concerns` says that a call is none of a
 * task's, it goes the way that it went before.
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
  /** A module may have kept this guard from when it was loaded: the one in force is asked first. */
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
    // What a browser's page closes ends the process with 0 here.
    replace(globalThis, "close", () => {
      if (!concerns()) return close();
      refuse(new ExitRequest(0, when, "close()"));
    }),
  ];
  // Node's process.exit(), from whichever import, ends here.
  const process: unknown = Reflect.get(globalThis, "process");
  if (typeof process === "object" && process !== null) {
    restores.push(replace(process, "reallyExit", guarded));
  }
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
