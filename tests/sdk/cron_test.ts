import { assertEquals } from "@std/assert";
import { findCronFault, nextCron } from "../../src/sdk/dag/cron.ts";

/** The next times, as a clock in the time zone shows them. */
function next(expression: string, from: string, timezone = "UTC", count = 1): string[] {
  const found: string[] = [];
  let instant = Temporal.Instant.from(from);
  while (found.length < count) {
    const due = nextCron(expression, instant, timezone);
    if (due === undefined) break;
    found.push(due.toZonedDateTimeISO(timezone).toPlainDateTime().toString());
    instant = due;
  }
  return found;
}

Deno.test("nextCron(): finds the next hour, day, month and year", () => {
  assertEquals(next("*/20 * * * *", "2026-01-01T23:50:00Z"), ["2026-01-02T00:00:00"]);
  assertEquals(next("0 6 * * *", "2026-01-31T06:00:00Z"), ["2026-02-01T06:00:00"]);
  assertEquals(next("30 2 1 3 *", "2026-03-01T02:30:00Z"), ["2027-03-01T02:30:00"]);
});

Deno.test("nextCron(): reads lists, ranges, steps and names", () => {
  assertEquals(next("0 8-18/5 * * mon-fri", "2026-01-02T18:00:00Z", "UTC", 3), [
    "2026-01-05T08:00:00",
    "2026-01-05T13:00:00",
    "2026-01-05T18:00:00",
  ]);
  assertEquals(next("0 0 1 jan,jul *", "2026-01-01T00:00:00Z"), ["2026-07-01T00:00:00"]);
  assertEquals(next("0 0 * * 7", "2026-01-01T00:00:00Z"), ["2026-01-04T00:00:00"]);
});

Deno.test("nextCron(): accepts either the day or the weekday when both are restricted", () => {
  assertEquals(next("0 0 13 * fri", "2026-01-02T00:00:00Z", "UTC", 3), [
    "2026-01-09T00:00:00",
    "2026-01-13T00:00:00",
    "2026-01-16T00:00:00",
  ]);
});

Deno.test("nextCron(): reads the last day, the last and the second Friday of a month", () => {
  assertEquals(next("0 0 L * *", "2028-02-01T00:00:00Z"), ["2028-02-29T00:00:00"]);
  assertEquals(next("0 0 * * L5", "2026-01-01T00:00:00Z"), ["2026-01-30T00:00:00"]);
  assertEquals(next("0 0 * * fri#2", "2026-01-01T00:00:00Z"), ["2026-01-09T00:00:00"]);
});

Deno.test("nextCron(): skips a time that a clock change skips", () => {
  assertEquals(next("30 2 * * *", "2026-03-28T12:00:00Z", "Europe/Berlin"), [
    "2026-03-30T02:30:00",
  ]);
});

Deno.test("nextCron(): finds 29 February years later, and 30 February never", () => {
  assertEquals(next("0 0 29 2 *", "2096-03-01T00:00:00Z"), ["2104-02-29T00:00:00"]);
  assertEquals(
    nextCron("0 0 30 2 *", Temporal.Instant.from("2026-01-01T00:00:00Z"), "UTC"),
    undefined,
  );
});

Deno.test("nextCron(): reads a range that goes around the end of the week", () => {
  assertEquals(next("0 0 * * fri-mon", "2026-01-06T00:00:00Z", "UTC", 5), [
    "2026-01-09T00:00:00",
    "2026-01-10T00:00:00",
    "2026-01-11T00:00:00",
    "2026-01-12T00:00:00",
    "2026-01-16T00:00:00",
  ]);
});

Deno.test("findCronFault(): names the first wrong field", () => {
  const faults: [expression: string, fault: string | undefined][] = [
    ["*/15 8-18 L jan-mar fri#2,l5", undefined],
    ["* * * *", "it must have 5 fields (minute, hour, day, month, weekday), got 4"],
    ["60 * * * *", 'the minute must be in 0-59, got "60"'],
    ["0 x * * *", 'the hour must be a list of cron ranges, got "x"'],
    ["0 0 */0 * *", 'the day of the month must have a positive step, got "*/0"'],
    ["0 0 * * l9", 'the day of the week must be a list of cron ranges, got "l9"'],
  ];
  for (const [expression, fault] of faults) assertEquals(findCronFault(expression), fault);
});
