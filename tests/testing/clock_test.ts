import { assert, assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import {
  ask,
  defer,
  RetryTask,
  sensor,
  type TaskContext,
  TaskHandler,
  TaskRuntimeError,
  timeDeltaTrigger,
  Trigger,
} from "../../mod.ts";
import { FakeClock, runTask, runUntilDone } from "../../src/testing/mod.ts";

const NEW_YEAR = "2026-01-01T00:00:00Z";

function alone(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, permissions: "none", fn });
}

const handlerOf = <Result>(work: (args: object, ctx: TaskContext) => Result | Promise<Result>) =>
  new TaskHandler<object, Result>("etl", "extract", work);

const wait = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

alone("FakeClock: sets timers, Date, Temporal and performance of its run", async () => {
  const clock = new FakeClock({ start: NEW_YEAR });
  const seen: unknown[] = [];
  const tell = (): void => {
    seen.push([
      new Date().toISOString(),
      Date.now() - Date.parse(NEW_YEAR),
      Temporal.Now.instant().toString(),
      Temporal.Now.plainDateISO("UTC").toString(),
    ]);
  };
  const running = runTask(
    handlerOf(async () => {
      const started = performance.now();
      tell();
      await wait(3_600_000);
      tell();
      return performance.now() - started;
    }),
    { clock },
  );
  await clock.advance(1800);
  assertEquals(seen.length, 1);
  assert(Date.now() > Date.parse("2026-02-01T00:00:00Z"), "the test's own time is the real one");
  await clock.advance(Temporal.Duration.from({ minutes: 30 }));
  const run = await running;
  assertEquals(run.returnValue, 3_600_000);
  assertEquals(seen, [
    ["2026-01-01T00:00:00.000Z", 0, "2026-01-01T00:00:00Z", "2026-01-01"],
    ["2026-01-01T01:00:00.000Z", 3_600_000, "2026-01-01T01:00:00Z", "2026-01-01"],
  ]);
});

alone("FakeClock: fires timers and intervals in order, without cleared ones", async () => {
  const clock = new FakeClock();
  const said: string[] = [];
  const running = runTask(
    handlerOf(async () => {
      const interval = setInterval(() => said.push("tick"), 1000);
      const never = setTimeout(() => said.push("never"), 1500);
      setTimeout(() => said.push("later"), 2500);
      setTimeout((word: string) => said.push(word), 500, "sooner");
      clearTimeout(never);
      await wait(3200);
      clearInterval(interval);
      said.push("end");
    }),
    { clock },
  );
  await clock.advance(10);
  await running;
  assertEquals(said, ["sooner", "tick", "tick", "later", "tick", "end"]);
});

alone("FakeClock: returns timers of the same type as Deno", async () => {
  const real = setTimeout(() => {});
  clearTimeout(real);
  const said: string[] = [];
  const running = runTask(
    handlerOf(async () => {
      const timer: unknown = setTimeout(() => said.push("once"), 100);
      assertEquals(typeof timer, typeof real);
      if (typeof timer === "object" && timer !== null) said.push(await restarted(timer));
      await wait(200);
    }),
    { clock: new FakeClock({ autoAdvance: true }) },
  );
  assertEquals((await running).error, undefined);
  assertEquals(said, typeof real === "object" ? ["restarted", "once"] : ["once"]);
});

/** Uses a timer as npm packages do; it fires later by the time that this takes. */
async function restarted(timer: object): Promise<string> {
  const call = (name: string): unknown => Reflect.apply(Reflect.get(timer, name), timer, []);
  assertEquals([call("hasRef"), call("unref"), call("hasRef"), call("ref")], [
    true,
    timer,
    false,
    timer,
  ]);
  await wait(90);
  assertEquals(call("refresh"), timer);
  await wait(90);
  return "restarted";
}

alone("FakeClock: fails a handler at its execution timeout", async () => {
  const clock = new FakeClock({ start: NEW_YEAR });
  const running = runTask(
    handlerOf(async (_args, ctx) => {
      await ctx.setExecutionTimeout(600);
      await wait(3_600_000);
    }),
    { clock, retries: 1 },
  );
  await clock.advance(599);
  await clock.advance(1 + 3);
  const run = await running;
  assertEquals(run.state, "up_for_retry");
  assertInstanceOf(run.error, TaskRuntimeError);
  assertEquals(run.error.code, "TIMEOUT");
  assertEquals(clock.now.toString(), "2026-01-01T00:10:03Z");
});

alone("FakeClock: skips the waits of a sensor in mode poke with autoAdvance", async () => {
  const ready = new TaskHandler(
    "etl",
    "ready",
    sensor(() => false, { mode: "poke", pokeInterval: 60, timeout: 3600, softFail: true }),
  );
  const clock = new FakeClock({ start: NEW_YEAR, autoAdvance: true });
  const run = await runTask(ready, { clock });
  assertEquals(run.state, "skipped");
  assert(clock.now.since(Temporal.Instant.from(NEW_YEAR)).total("minutes") >= 60);
});

alone("FakeClock: aborts AbortSignal.timeout()", async () => {
  const clock = new FakeClock({ autoAdvance: true });
  const run = await runTask(
    handlerOf(async () => {
      const signal = AbortSignal.timeout(86_400_000);
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      return signal.reason.name;
    }),
    { clock },
  );
  assertEquals(run.returnValue, "TimeoutError");
});

alone("runUntilDone(): retries after the delays of the clock", async () => {
  const clock = new FakeClock({ start: NEW_YEAR, autoAdvance: true });
  const starts: string[] = [];
  const pay = handlerOf((_args, ctx) => {
    starts.push(Temporal.Now.instant().toString());
    if (ctx.tryNumber === 1) throw new RetryTask({ after: 90 });
    if (ctx.tryNumber === 2) throw new Error("busy");
    return "paid";
  });
  const history = await runUntilDone(pay, { retries: 3, retryDelay: 300, clock });
  assertEquals([history.state, history.tries, history.returnValue], ["success", 3, "paid"]);
  assertEquals(history.runs.map(({ state }) => state), ["up_for_retry", "up_for_retry", "success"]);
  assertEquals(starts.map((time) => time.slice(11, 19)), ["00:00:00", "00:01:30", "00:06:30"]);
});

alone("runUntilDone(): fails a sensor at its timeout by the clock", async () => {
  const clock = new FakeClock({ start: NEW_YEAR, autoAdvance: true });
  const ready = new TaskHandler("etl", "ready", sensor(() => false, { timeout: 3600 }));
  const history = await runUntilDone(ready, { clock });
  assertEquals(history.state, "failed");
  assert(history.runs.length >= 61, `${history.runs.length} looks`);
  assertEquals(clock.now.toString().slice(0, 16), "2026-01-01T01:00");
});

alone(
  "runUntilDone(): fails a sensor at its timeout when there is no clock",
  async () => {
    const ready = new TaskHandler(
      "etl",
      "ready",
      sensor(() => false, { pokeInterval: 3600, timeout: 3 * 3600 }),
    );
    const history = await runUntilDone(ready);
    assertEquals(history.state, "failed");
    assertStringIncludes(String(history.error), "timed out");
    assert(history.runs.length >= 4, `${history.runs.length} looks`);
  },
);

alone(
  "runUntilDone(): keeps state and clears XComs between tries as Airflow does",
  async () => {
    const count = handlerOf(async (_args, ctx) => {
      const n = await ctx.state.get<number>("n", { default: 0 }) + 1;
      await ctx.state.set("n", n);
      await ctx.xcoms.push(`try ${n}`, n);
      if (n < 3) throw new Error("again");
      return n;
    });
    const history = await runUntilDone(count, { retries: 5 });
    assertEquals(history.returnValue, 3);
    assertEquals(history.xcoms, { "try 3": 3, return_value: 3 });
  },
);

alone("runUntilDone(): fires triggers of times, and takes the events of others", async () => {
  const clock = new FakeClock({ start: NEW_YEAR, autoAdvance: true });
  const coolDown = new TaskHandler("etl", "cool", defer(timeDeltaTrigger(60), () => "cool"));
  const cooled = await runUntilDone(coolDown, { clock });
  assertEquals([cooled.state, cooled.xcoms["return_value"]], ["success", "cool"]);
  const job = new TaskHandler(
    "etl",
    "job",
    defer(new Trigger<{ status: string }>("my.JobTrigger"), ({ status }) => status),
  );
  const done = await runUntilDone(job, { events: [{ status: "fine" }] });
  assertEquals([done.state, done.xcoms["return_value"]], ["success", "fine"]);
  assertEquals((await runUntilDone(job)).state, "deferred");
});

alone("runUntilDone(): answers questions, or takes the defaults without an answer", async () => {
  const review = new TaskHandler(
    "shop",
    "review",
    ask({ subject: "?", options: ["a", "b"], defaults: ["b"], timeout: 3600 }, (answer) => [
      answer.option,
      answer.timedOut,
    ]),
  );
  const answered = await runUntilDone(review, { answers: [{ options: ["a"] }] });
  assertEquals(answered.xcoms["return_value"], ["a", false]);
  assertEquals((await runUntilDone(review)).xcoms["return_value"], ["b", true]);
});

alone("FakeClock: refuses values that are not times or lengths of time", async () => {
  const faults: (() => unknown)[] = [
    () => new FakeClock({ start: "soon" }),
    () => new FakeClock().advance(-1),
    () => new FakeClock().advance(NaN),
  ];
  for (const fault of faults) {
    const error = await Promise.try(fault).catch((thrown: unknown) => thrown);
    assertInstanceOf(error, TaskRuntimeError);
    assertEquals(error.code, "INVALID");
  }
});
