import { assertEquals, assertThrows } from "@std/assert";
import { TaskRuntimeError } from "../../src/error.ts";
import { type Duration, secondsOf } from "../../src/sdk/time.ts";
import {
  AwaitInput,
  DeferTask,
  externalTaskTrigger,
  fileTrigger,
  RetryTask,
  sensor,
  TaskHandler,
  timeDeltaTrigger,
  Trigger,
} from "../../mod.ts";

for (
  const [duration, seconds] of [
    [0, 0],
    [1.5, 1.5],
    [{ minutes: 5 }, 300],
    [{ days: 1, hours: 2, milliseconds: 100 }, 93_600.1],
    [Temporal.Duration.from({ weeks: 1, minutes: 1 }), 604_860],
  ] as const
) {
  Deno.test(`secondsOf(): converts ${JSON.stringify(duration)}`, () => {
    assertEquals(secondsOf(duration, "Cannot wait", "timeout"), seconds);
  });
}

for (
  const [duration, shown] of [
    [NaN, "NaN"],
    [-1, "-1"],
    [Infinity, "Infinity"],
    [{ minutes: NaN }, '{"minutes":null}'],
    [{}, "{}"],
    [Temporal.Duration.from({ months: 1 }), "P1M"],
  ] as const
) {
  Deno.test(`secondsOf(): refuses ${shown}`, () => {
    const error = assertThrows(
      () => secondsOf(duration, "Cannot wait", "timeout"),
      TaskRuntimeError,
      `Cannot wait: "timeout" must be a non-negative length of time, got ${shown}. Write seconds,`,
    );
    assertEquals(error.code, "INVALID");
  });
}

const trigger = new Trigger("a.B");
const TAKERS: Readonly<Record<string, (duration: Duration) => unknown>> = {
  "RetryTask after": (after) => new RetryTask({ after }),
  "DeferTask timeout": (timeout) => new DeferTask({ trigger, resume: "on", timeout }),
  "AwaitInput timeout": (timeout) =>
    new AwaitInput({ subject: "?", options: ["yes"], resume: "on", timeout }),
  "sensor pokeInterval": (pokeInterval) => sensor(() => true, { pokeInterval }),
  "sensor timeout": (timeout) => sensor(() => true, { timeout }),
  "sensor maxWait": (maxWait) => sensor(() => true, { maxWait }),
  "TaskHandler executionTimeout": (executionTimeout) =>
    new TaskHandler("d", "t", () => {}, { executionTimeout }),
  timeDeltaTrigger,
  "fileTrigger pokeInterval": (pokeInterval) => fileTrigger({ filepath: "/a", pokeInterval }),
  "externalTaskTrigger pokeInterval": (pokeInterval) =>
    externalTaskTrigger({ dagId: "d", runIds: ["r"], pokeInterval }),
};
for (const [name, take] of Object.entries(TAKERS)) {
  Deno.test(`${name}: takes every form of a length of time, and refuses NaN`, () => {
    take(60);
    take({ minutes: 1 });
    take(Temporal.Duration.from({ minutes: 1 }));
    assertThrows(() => take(NaN), TaskRuntimeError, "must be a non-negative length of time");
  });
}
