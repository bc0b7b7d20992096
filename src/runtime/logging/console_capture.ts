/**
 * Sends `console.*` to the task log.
 *
 * @module
 */
import type { LogLevel } from "../../sdk/logger.ts";
import { show } from "./show.ts";
import type { TaskLogger } from "./task_logger.ts";

const LEVELS = {
  debug: "debug",
  trace: "debug",
  log: "info",
  info: "info",
  dir: "info",
  warn: "warning",
  error: "error",
} as const satisfies Record<string, LogLevel>;

/**
 * Makes the methods of `console` write to `logger` until the result is disposed. They print as usual
 * while a `logger` function returns undefined.
 *
 * Other output, of `console.table()` or `Deno.stdout`, also reaches the task log: Airflow logs stdout
 * as INFO and stderr as ERROR.
 */
export function captureConsole(logger: TaskLogger | (() => TaskLogger | undefined)): Disposable {
  const find = typeof logger === "function" ? logger : () => logger;
  const restores: (() => void)[] = [];
  const replace = (name: string, method: (to: TaskLogger, args: unknown[]) => void): void => {
    const original = Object.getOwnPropertyDescriptor(console, name);
    if (original === undefined) return;
    restores.push(() => Object.defineProperty(console, name, original));
    const value = (...args: unknown[]): void => {
      const to = find();
      if (to === undefined) original.value(...args);
      else method(to, args);
    };
    Object.defineProperty(console, name, { ...original, value });
  };
  for (const [name, level] of Object.entries(LEVELS)) {
    replace(name, (to, args) => write(to, level, args));
  }
  replace("assert", (to, [condition, ...args]) => {
    if (!condition) write(to, "error", ["Assertion failed", ...args]);
  });
  return {
    [Symbol.dispose](): void {
      for (const restore of restores) restore();
    },
  };
}

function write(logger: TaskLogger, level: LogLevel, args: readonly unknown[]): void {
  const error = args.find((arg) => Error.isError(arg));
  logger.log(level, format(args), Error.isError(error) ? error : undefined);
}

/** Returns texts as they are and other values as Deno shows them, with `%s` and the like replaced. */
function format(args: readonly unknown[]): string {
  const [first, ...rest] = args;
  if (typeof first !== "string") return args.map(show).join(" ");
  const filled = first.replace(/%([sdifjoOc%])/g, (directive, kind: string) => {
    if (kind === "%") return "%";
    if (rest.length === 0) return directive;
    const value = rest.shift();
    if (kind === "c") return "";
    if (kind === "d" || kind === "i" || kind === "f") return numeral(kind, value);
    return show(value);
  });
  return [filled, ...rest.map(show)].join(" ");
}

function numeral(kind: "d" | "i" | "f", value: unknown): string {
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "number" && typeof value !== "string") return "NaN";
  return String(kind === "i" ? Math.trunc(Number(value)) : Number(value));
}
