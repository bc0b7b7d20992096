import { assert, assertEquals } from "@std/assert";
import { type TaskContext, TaskHandler } from "../../mod.ts";
import { FakeClock, runTask } from "../../src/testing/mod.ts";

/** The globals that a run replaces. */
function globals(): unknown[] {
  return [
    setTimeout,
    setInterval,
    clearTimeout,
    clearInterval,
    AbortSignal.timeout,
    Date,
    performance.now,
    Temporal.Now.instant,
    Temporal.Now.zonedDateTimeISO,
    console.log,
    console.assert,
    Deno.exit,
  ];
}

Deno.test("withinRun(): restores all globals after a failure", async () => {
  const before = globals();
  const own = Object.keys(performance);
  const handler = new TaskHandler("etl", "x", () => Promise.reject(new Error("no")));
  const clock = new FakeClock();
  await Promise.all([runTask(handler), runTask(handler, { clock })]);
  await runTask(handler, { fixtures: { unknown: 1 } }).catch(() => {});
  for (const [index, value] of globals().entries()) assert(value === before[index], `${index}`);
  assertEquals(Object.keys(performance), own);
});

Deno.test("withinRun(): gives each run its own time when runs overlap", async () => {
  const handler = new TaskHandler("etl", "x", async (_args: object, ctx: TaskContext) => {
    await ctx.variables.get("x", { default: "" });
    const start = Date.now();
    await new Promise((resolve) => void setTimeout(resolve, ctx.mapIndex));
    return [new Date(start).getUTCFullYear(), Date.now() - start >= ctx.mapIndex];
  });
  const [y2030, y2040] = ["2030-06-01T00:00:00Z", "2040-06-01T00:00:00Z"].map((start) =>
    new FakeClock({ start, autoAdvance: true })
  );
  const hour = 3_600_000;
  assert(y2030 !== undefined && y2040 !== undefined);
  const runs = await Promise.all([
    runTask(handler, { clock: y2030, mapIndex: hour }),
    runTask(handler, { clock: y2040, mapIndex: 2 * hour }),
    runTask(handler, { mapIndex: 1 }),
  ]);
  assertEquals(runs.map(({ returnValue }) => returnValue), [
    [2030, true],
    [2040, true],
    [new Date().getUTCFullYear(), true],
  ]);
  assertEquals(y2030.now.toString().slice(0, 13), "2030-06-01T01");
  assertEquals(y2040.now.toString().slice(0, 13), "2040-06-01T02");
});

Deno.test("withinRun(): makes instances of the real Date", async () => {
  const clock = new FakeClock({ start: "2026-01-01T00:00:00Z" });
  const handler = new TaskHandler("etl", "x", () => {
    class Own extends Date {}
    const date = new Date();
    return [
      date instanceof Date,
      new Own() instanceof Own,
      new Own().toISOString(),
      new Date("2020-02-02").getUTCFullYear(),
      new Date(2020, 1, 2).getDate(),
      Date.UTC(2020, 0),
      typeof Date(),
    ];
  });
  assertEquals((await runTask(handler, { clock })).returnValue, [
    true,
    true,
    "2026-01-01T00:00:00.000Z",
    2020,
    2,
    1577836800000,
    "string",
  ]);
});
