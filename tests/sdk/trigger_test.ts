import { assert, assertEquals, assertThrows } from "@std/assert";
import { TaskRuntimeError } from "../../src/error.ts";
import {
  dateTimeTrigger,
  externalTaskTrigger,
  timeDeltaTrigger,
  Trigger,
} from "../../src/sdk/trigger.ts";

for (const classpath of ["", "Trigger", "a..B", "a.B()", "a/b.C", "1a.B"]) {
  Deno.test(`Trigger: refuses the classpath "${classpath}"`, () => {
    assertThrows(() => new Trigger(classpath), TaskRuntimeError, "must be a Python path");
  });
}

Deno.test("dateTimeTrigger(): takes a Date, and refuses a time that Python's datetime cannot hold", () => {
  const { kwargs } = dateTimeTrigger(new Date("2026-01-02T03:04:05Z"));
  assertEquals(String(kwargs["moment"]), "2026-01-02T03:04:05Z");
  assertThrows(() => dateTimeTrigger(new Date(NaN)), TaskRuntimeError, "must be a Date");
  assertThrows(() => dateTimeTrigger(new Date(1e15)), TaskRuntimeError, "years 1 to 9999");
});

Deno.test("timeDeltaTrigger(): counts the duration from now", () => {
  const time = timeDeltaTrigger(60).kwargs["moment"];
  assert(time instanceof Temporal.Instant);
  const seconds = time.since(Temporal.Now.instant()).total("seconds");
  assert(seconds > 50 && seconds <= 60, String(seconds));
  assertThrows(
    () => timeDeltaTrigger(-1),
    TaskRuntimeError,
    "must be a non-negative length of time, got -1",
  );
});

Deno.test("externalTaskTrigger(): takes either run ids or logical dates", () => {
  const dagId = "upstream";
  const runIds = ["a"];
  const logicalDates = [new Date(0)];
  assertThrows(() => externalTaskTrigger({ dagId }), TaskRuntimeError, "runIds");
  assertThrows(() => externalTaskTrigger({ dagId, runIds, logicalDates }), TaskRuntimeError);
  assertEquals(externalTaskTrigger({ dagId, runIds }).kwargs["run_ids"], ["a"]);
  const { logical_dates: dates } = externalTaskTrigger({ dagId, logicalDates }).kwargs;
  assertEquals(String(dates), "1970-01-01T00:00:00Z");
});
