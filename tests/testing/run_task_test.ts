import { assert, assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import {
  answered,
  AwaitInput,
  branch,
  defer,
  FailTask,
  fileTrigger,
  getContext,
  RetryTask,
  sensor,
  SkipTask,
  type TaskContext,
  TaskHandler,
  TaskRuntimeError,
} from "../../mod.ts";
import { runTask } from "../../src/testing/mod.ts";

/** Registers a test without permissions, because the kit must not need any. */
function alone(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, permissions: "none", fn });
}

const handlerOf = <Result>(work: (args: object, ctx: TaskContext) => Result | Promise<Result>) =>
  new TaskHandler<object, Result>("etl", "extract", work);

alone("runTask(): returns the result of the handler and its requests in order", async () => {
  const extract = handlerOf(async (_args, ctx) => {
    const { host, password } = await ctx.connections.get("warehouse");
    const since = await ctx.variables.get("since");
    const upstream = await ctx.xcoms.pull<{ region: string }>("start");
    await ctx.xcoms.push("mark", new Set([1, 2]));
    await ctx.variables.set("done", { at: 1 });
    ctx.log.info(`host ${host} ${password}`, { since });
    return { region: upstream?.region, rows: 42 };
  });
  const run = await runTask(extract, {
    connections: { warehouse: "postgres://me:swordfish@db:5432/sales" },
    variables: { since: "2026-01-01", limits: { rows: 3 } },
    xcoms: { start: { return_value: { region: "eu" } } },
  });
  assertEquals(run.state, "success");
  assertEquals(run.returnValue, { region: "eu", rows: 42 });
  const rows: number | undefined = run.returnValue?.rows; // typed by the handler
  assertEquals(rows, 42);
  assertEquals(run.xcoms, { mark: new Set([1, 2]), return_value: { region: "eu", rows: 42 } });
  assertEquals(run.requests.map(({ type }) => type), [
    "GetConnection",
    "GetVariable",
    "GetXCom",
    "SetXCom",
    "PutVariable",
    "SetXCom",
    "SucceedTask",
  ]);
  assertEquals(run.requests[1], { type: "GetVariable", key: "since" });
  assertEquals(run.logs, [
    { level: "info", event: "host db ***", logger: "task", fields: { since: "2026-01-01" } },
  ]);
  assertEquals(run.variables, { done: '{"at":1}', limits: '{"rows":3}', since: "2026-01-01" });
});

alone("runTask(): passes arguments by their Python names", async () => {
  const load = new TaskHandler(
    "etl",
    "load",
    (args: { batch_size: number; tables: string[] }) => args.batch_size * args.tables.length,
  );
  const run = await runTask(load, { args: { batch_size: 10, tables: ["a", "b"] } });
  assertEquals([run.state, run.returnValue], ["success", 20]);
});

alone("runTask(): sets try, map index, Dag run and conf", async () => {
  const run = await runTask(
    handlerOf((_args, ctx) => [
      ctx.tryNumber,
      ctx.mapIndex,
      ctx.dagRun.runId,
      ctx.dagRun.conf,
    ]),
    {
      tryNumber: 3,
      mapIndex: 2,
      dagRun: { run_id: "nightly" },
      conf: { full: true },
    },
  );
  assertEquals(run.returnValue, [3, 2, "nightly", { full: true }]);
});

alone(
  "runTask(): merges its options into a fixtures file of dev",
  async () => {
    const fixtures = { variables: { a: "1", b: "2" }, xcoms: { start: { return_value: 7 } } };
    const run = await runTask(
      handlerOf(async (_args, ctx) => [
        await ctx.variables.get("a"),
        await ctx.variables.get("b"),
        await ctx.xcoms.pull<number>("start"),
      ]),
      { fixtures, variables: { b: "other" } },
    );
    assertEquals(run.returnValue, ["1", "other", 7]);
  },
);

alone("runTask(): names the place of an input that is not valid", async () => {
  const fault = await runTask(handlerOf(() => 1), {
    fixtures: { dagRuns: [{ runid: "x" }] },
  }).catch((error: unknown) => error);
  assertInstanceOf(fault, TaskRuntimeError);
  assertStringIncludes(fault.message, "dagRuns[0].runid");
});

alone("runTask(): returns the thrown error and the requested retry", async () => {
  const broken = new TypeError("no such column");
  const handler = handlerOf(() => {
    throw broken;
  });
  const failed = await runTask(handler);
  assertEquals(failed.state, "failed");
  assert(failed.error === broken);
  assertEquals(failed.returnValue, undefined);
  const retried = await runTask(handler, { retries: 2, tryNumber: 2 });
  assertEquals(retried.state, "up_for_retry");
  assertEquals(retried.retry, { after: null, reason: "TypeError: no such column" });
  assertEquals((await runTask(handler, { retries: 2, tryNumber: 3 })).state, "failed");
});

alone("runTask(): returns skipped and rescheduled states", async () => {
  const ending = async (error: Error) =>
    await runTask(handlerOf(() => Promise.reject(error)), { retries: 1 });
  assertEquals((await ending(new SkipTask("nothing"))).state, "skipped");
  assertEquals("error" in await ending(new SkipTask()), false);
  assertEquals((await ending(new FailTask("no"))).state, "failed");
  const later = await ending(new RetryTask({ after: 300, reason: "busy" }));
  assertEquals([later.state, later.retry], ["up_for_retry", { after: 300, reason: "busy" }]);
  const missing = await runTask(handlerOf((_args, ctx) => ctx.variables.get("none")));
  assertInstanceOf(missing.error, TaskRuntimeError);
  assertEquals(missing.error.code, "NOT_FOUND");
});

alone("runTask(): returns the deferral of a task, and resumes it with an event", async () => {
  const wait = new TaskHandler(
    "etl",
    "wait",
    defer(fileTrigger({ filepath: "/in/*.csv" }), (event) => ({ arrived: event }), {
      timeout: 60,
    }),
  );
  const parked = await runTask(wait);
  assertEquals(parked.state, "deferred");
  assertEquals(parked.deferral, {
    classpath: "airflow.providers.standard.triggers.file.FileTrigger",
    kwargs: { filepath: "/in/*.csv", recursive: false, poke_interval: 5 },
    resume: wait.continuationNames[0] ?? "",
    timeout: 60,
  });
  const resumed = await runTask(wait, { resume: { event: true } });
  assertEquals([resumed.state, resumed.returnValue], ["success", { arrived: true }]);
  const late = await runTask(wait, { resume: { failed: true } });
  assertInstanceOf(late.error, TaskRuntimeError);
  assertEquals([late.state, late.error.code], ["failed", "TIMEOUT"]);
});

alone("runTask(): returns the question of a task, and resumes it with an answer", async () => {
  const review = new TaskHandler("shop", "review", () => {
    throw new AwaitInput({ subject: "Refund?", options: ["yes", "no"], resume: "decided" });
  }, {
    continuations: {
      decided: answered((answer) => [answer.option, answer.respondedBy?.name, answer.params]),
    },
  });
  const asked = await runTask(review);
  assertEquals(asked.state, "awaiting_input");
  assertEquals(asked.question, {
    subject: "Refund?",
    options: ["yes", "no"],
    defaults: null,
    resume: "decided",
  });
  const run = await runTask(review, {
    resume: { answer: { options: ["yes"], by: "Ann", params: { note: "ok" } } },
  });
  assertEquals(run.xcoms["return_value"], ["yes", "Ann", { note: "ok" }]);
});

alone("runTask(): returns skipped tasks and outlet events", async () => {
  const choose = new TaskHandler("etl", "choose", branch({ among: ["a", "b"] }, () => "a"));
  assertEquals((await runTask(choose)).skipped, ["b"]);
  const publish = new TaskHandler("etl", "publish", (_args, ctx) => {
    ctx.outlets.add({ name: "orders", uri: "s3://orders" }, { rows: 3 });
    ctx.outlets.alias("daily").add({ name: "day", uri: "s3://day" });
  }, { outlets: [{ name: "orders", uri: "s3://orders" }, "s3://raw"] });
  const run = await runTask(publish);
  assertEquals(run.state, "success");
  assertEquals(run.outletEvents, [
    { name: "orders", uri: "s3://orders", extra: { rows: 3 } },
    { name: "day", uri: "s3://day", extra: {}, alias: "daily" },
    { name: "s3://raw", uri: "s3://raw", extra: {} },
  ]);
});

alone("runTask(): starts with the state that a test passes", async () => {
  const count = handlerOf(async (_args, ctx) => {
    const n = await ctx.state.get<number>("n", { default: 0 }) + 1;
    await ctx.state.set("n", n);
    return n;
  });
  const first = await runTask(count);
  assertEquals(first.taskState, { n: 1 });
  assertEquals((await runTask(count, { state: first.taskState })).returnValue, 2);
});

alone("runTask(): returns the time of the next poke", async () => {
  const ready = new TaskHandler("etl", "ready", sensor(() => false, { pokeInterval: 3600 }));
  const before = Temporal.Now.instant();
  const run = await runTask(ready);
  assertEquals(run.state, "up_for_reschedule");
  const seconds = run.rescheduledTo?.since(before).total("seconds") ?? 0;
  assert(seconds >= 3600 && seconds < 3660, `${seconds}`);
});

alone("runTask(): captures the console of its handler, not that of the test", async () => {
  const printed: unknown[] = [];
  const real = console.log;
  console.log = (...args: unknown[]) => printed.push(args);
  try {
    const gate = Promise.withResolvers<void>();
    const running = runTask(handlerOf(async () => {
      console.log("within", 1);
      await gate.promise;
      console.warn("still within");
    }));
    console.log("outside");
    gate.resolve();
    const run = await running;
    assertEquals(run.logs.map(({ level, event, logger }) => [level, event, logger]), [
      ["info", "within 1", "task.console"],
      ["warning", "still within", "task.console"],
    ]);
    console.log("after");
    assertEquals(printed, [["outside"], ["after"]]);
  } finally {
    console.log = real;
  }
});

alone("runTask(): fails a task that calls Deno.exit()", async () => {
  const run = await runTask(handlerOf(() => Deno.exit(3)));
  assertEquals(run.state, "failed");
  assertStringIncludes(String(run.error), "Deno.exit(3)");
});

alone("runTask(): separates context and console when runs overlap", async () => {
  const handler = new TaskHandler("etl", "each", async (_args: object, ctx: TaskContext) => {
    for (let turn = 0; turn < 5; turn++) {
      await ctx.variables.get("name");
      assert(getContext() === ctx);
      console.log(`turn ${turn} of ${getContext().mapIndex}`);
    }
    return await ctx.variables.get("name");
  });
  const runs = await Promise.all(
    Array.from(
      { length: 20 },
      (_, mapIndex) => runTask(handler, { mapIndex, variables: { name: `n${mapIndex}` } }),
    ),
  );
  for (const [index, run] of runs.entries()) {
    assertEquals(run.returnValue, `n${index}`);
    assertEquals(
      run.logs.map(({ event }) => event),
      [0, 1, 2, 3, 4].map((turn) => `turn ${turn} of ${index}`),
    );
  }
});

alone("runTask(): terminates a handler when the signal is aborted", async () => {
  const controller = new AbortController();
  const run = await runTask(
    handlerOf(async (_args, ctx) => {
      const ended = Promise.withResolvers<never>();
      ctx.signal.addEventListener("abort", () => ended.reject(ctx.signal.reason));
      controller.abort();
      await ended.promise;
    }),
    { signal: controller.signal },
  );
  assertEquals(run.state, "failed");
  assertStringIncludes(String(run.error), "SIGTERM");
});

alone("runTask(): filters the log by the environment of the test", async () => {
  const handler = handlerOf((_args, ctx) => {
    ctx.log.debug("fine");
    ctx.log.warn("grave");
  });
  const events = async (env: Record<string, string>) =>
    (await runTask(handler, { env, args: {} })).logs.map(({ event }) => event);
  assertEquals(await events({ AIRFLOW__LOGGING__LOGGING_LEVEL: "DEBUG" }), ["fine", "grave"]);
  assertEquals(await events({ AIRFLOW__LOGGING__LOGGING_LEVEL: "ERROR" }), []);
});

alone("runTask(): refuses to resume a handler without continuations", async () => {
  const fault = await runTask(handlerOf(() => 1), { resume: {} }).catch((error: unknown) => error);
  assertInstanceOf(fault, TaskRuntimeError);
  assertEquals(fault.code, "INVALID");
});
