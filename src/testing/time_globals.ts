/**
 * The globals for time, which follow the fake clock of a run.
 *
 * @module
 */
import { clockOfTimer, type FakeClock } from "./fake_clock.ts";
import { FakeTimeout } from "./fake_timeout.ts";

type Find = () => FakeClock | undefined;

/** Replaces the globals: each call follows the clock that `find` returns, or the real one. */
export function fakeTime(find: Find): Disposable {
  const stack = new DisposableStack();
  replaceTimers(find, stack);
  replaceDates(find, stack);
  return stack;
}

function replaceTimers(find: Find, stack: DisposableStack): void {
  const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis;
  const probe = setTimeout(() => {});
  clearTimeout(probe);
  /** In Deno 2.8 and older a timer is a number. */
  const areObjects = typeof probe === "object";
  const setter =
    (real: typeof setTimeout | typeof setInterval, repeats: boolean) =>
    (callback: (...args: unknown[]) => void, delay = 0, ...args: unknown[]): unknown => {
      const clock = find();
      if (clock === undefined) return Reflect.apply(real, undefined, [callback, delay, ...args]);
      const start = (clock: FakeClock): number =>
        clock.setTimer(() => callback(...args), delay, repeats);
      return areObjects ? new FakeTimeout(clock, start) : start(clock);
    };
  const clearer = (real: typeof clearTimeout | typeof clearInterval) => (timer: unknown): void => {
    const id = timer instanceof FakeTimeout ? Number(timer) : timer;
    const clock = typeof id === "number" ? clockOfTimer(id) : undefined;
    if (clock === undefined || typeof id !== "number") Reflect.apply(real, undefined, [timer]);
    else clock.clearTimer(id);
  };
  replace(globalThis, "setTimeout", setter(setTimeout, false), stack);
  replace(globalThis, "setInterval", setter(setInterval, true), stack);
  replace(globalThis, "clearTimeout", clearer(clearTimeout), stack);
  replace(globalThis, "clearInterval", clearer(clearInterval), stack);
  const timeout = AbortSignal.timeout;
  replace(AbortSignal, "timeout", (ms: number): AbortSignal => {
    const clock = find();
    if (clock === undefined) return timeout.call(AbortSignal, ms);
    const controller = new AbortController();
    const reason = new DOMException("Signal timed out.", "TimeoutError");
    clock.setTimer(() => controller.abort(reason), ms, false);
    return controller.signal;
  }, stack);
}

function replaceDates(find: Find, stack: DisposableStack): void {
  const RealDate = globalThis.Date;
  const now = (): number => Math.floor(find()?.epochMilliseconds ?? RealDate.now());
  replace(
    globalThis,
    "Date",
    new Proxy(RealDate, {
      construct: (target, args, newTarget) =>
        Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
      apply: () => new RealDate(now()).toString(),
      get: (target, name) => name === "now" ? now : Reflect.get(target, name),
    }),
    stack,
  );
  const { instant, zonedDateTimeISO } = Temporal.Now;
  const zoned = (zone?: Temporal.TimeZoneLike): Temporal.ZonedDateTime => {
    const clock = find();
    if (clock === undefined) return zonedDateTimeISO.call(Temporal.Now, zone);
    return clock.now.toZonedDateTimeISO(zone ?? Temporal.Now.timeZoneId());
  };
  const readers = {
    instant: () => find()?.now ?? instant.call(Temporal.Now),
    zonedDateTimeISO: zoned,
    plainDateTimeISO: (zone?: Temporal.TimeZoneLike) => zoned(zone).toPlainDateTime(),
    plainDateISO: (zone?: Temporal.TimeZoneLike) => zoned(zone).toPlainDate(),
    plainTimeISO: (zone?: Temporal.TimeZoneLike) => zoned(zone).toPlainTime(),
  };
  for (const [name, value] of Object.entries(readers)) replace(Temporal.Now, name, value, stack);
  const realNow = performance.now;
  replace(performance, "now", () => {
    const clock = find();
    return clock === undefined
      ? realNow.call(performance)
      : clock.epochMilliseconds - performance.timeOrigin;
  }, stack);
}

function replace(target: object, name: string, value: unknown, stack: DisposableStack): void {
  const original = Object.getOwnPropertyDescriptor(target, name);
  const shape = original ?? { configurable: true, enumerable: false, writable: true };
  Object.defineProperty(
    target,
    name,
    "get" in shape ? { ...shape, get: () => value } : {
      ...shape,
      value,
    },
  );
  stack.defer(() => {
    if (original === undefined) Reflect.deleteProperty(target, name);
    else Object.defineProperty(target, name, original);
  });
}
