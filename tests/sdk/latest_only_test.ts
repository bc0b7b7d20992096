import { assertEquals } from "@std/assert";
import type { DagRun, Schedule } from "../../mod.ts";
import { isLatest } from "../../src/sdk/dag/operator.ts";
import { readSchedule } from "../../src/sdk/dag/schedule.ts";

const at = (time: string): Temporal.Instant => Temporal.Instant.from(`2026-01-${time}Z`);

/** A run whose interval ended on 2 January at midnight. */
function run(runType: string): DagRun {
  return {
    dagId: "etl",
    runId: "one",
    runType,
    state: "running",
    logicalDate: at("01T00:00"),
    dataIntervalStart: at("01T00:00"),
    dataIntervalEnd: at("02T00:00"),
    runAfter: at("02T00:00"),
    conf: {},
    startDate: at("02T00:00"),
    endDate: null,
    triggeringUserName: null,
    partitionKey: null,
    note: null,
    triggeringAssetEvents: [],
  };
}

function latest(schedule: Schedule, now: string, runType = "scheduled"): boolean {
  return isLatest(readSchedule("Dag", schedule, "UTC"), run(runType), at(now));
}

Deno.test("isLatest(): is true until the next run is due", () => {
  for (const schedule of ["@daily", "0 0 * * *"]) {
    assertEquals(latest(schedule, "03T00:00"), true);
    assertEquals(latest(schedule, "03T00:01"), false);
  }
});

Deno.test("isLatest(): is true until the interval of the schedule has passed", () => {
  const schedule = { kind: "delta-interval", delta: { hours: 6 } } as const;
  assertEquals([latest(schedule, "02T06:00"), latest(schedule, "02T06:01")], [true, false]);
});

Deno.test("isLatest(): is true for a manual run, and without a schedule", () => {
  assertEquals(latest("@daily", "31T00:00", "manual"), true);
  assertEquals(latest(null, "31T00:00"), true);
  assertEquals(latest("@once", "31T00:00"), true);
});
