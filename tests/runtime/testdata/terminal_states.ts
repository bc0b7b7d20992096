// Tasks for each terminal state that an author can cause; run by terminal_state_test.ts here and
// under conformance.
import {
  answered,
  approve,
  ask,
  AwaitInput,
  Bundle,
  type Connection,
  dateTimeTrigger,
  defer,
  DeferTask,
  externalTaskTrigger,
  FailTask,
  fileTrigger,
  type Handler,
  sensor,
  RescheduleTask,
  RetryTask,
  SkipTask,
  TaskHandler,
  type TaskHandlerOptions,
  TaskRuntimeError,
  Trigger,
} from "@airflow-deno/task-runtime";

const SOON = Temporal.Instant.from("2030-01-02T03:04:05.678901Z");

function thrower(make: () => Error): Handler {
  return () => {
    throw make();
  };
}

const broken = new TypeError("it broke");

const tasks: Record<string, Handler | [Handler, TaskHandlerOptions]> = {
  skips: thrower(() => new SkipTask("nothing to do")),
  skips_in_a_cause: thrower(() => new Error("wrapped", { cause: new SkipTask("inside") })),
  fails: thrower(() => new FailTask("no use", { cause: broken })),
  retries: thrower(() => new RetryTask()),
  retries_at_once: thrower(() => new RetryTask({ after: 0, reason: "at once" })),
  retries_after: thrower(() => new RetryTask({ after: 7.5, reason: "busy", cause: broken })),
  retries_at: thrower(() => new RetryTask({ after: new Date(Date.now() + 3_600_000) })),
  retries_before: thrower(() => new RetryTask({ after: -1 })),
  reschedules: thrower(() => new RescheduleTask(SOON, "too early")),
  policy_fails: [thrower(() => broken), {
    retryPolicy: (error) => error instanceof TypeError ? "fail" : "retry",
  }],
  policy_retries: [thrower(() => broken), { retryPolicy: () => Promise.resolve("retry") }],
  policy_delays: [thrower(() => broken), {
    retryPolicy: (_error, ctx) => ({ after: 60 * ctx.tryNumber, reason: "cooling down" }),
  }],
  policy_abstains: [thrower(() => broken), { retryPolicy: () => undefined }],
  policy_throws: [thrower(() => broken), {
    retryPolicy: () => {
      throw new RangeError("no idea");
    },
  }],
  sensor_sees: sensor(() => true),
  sensor_sees_value: sensor(() => ({ done: true, value: { rows: 3 } })),
  sensor_waits: sensor(() => false, { pokeInterval: 30 }),
  sensor_backs_off: sensor(() => false, {
    pokeInterval: 100,
    exponentialBackoff: true,
    maxWait: 350,
  }),
  sensor_times_out: sensor(() => false, { timeout: 600 }),
  sensor_gives_up: sensor(() => ({ done: false }), { timeout: 600, softFail: true }),
  sensor_breaks: sensor(() => {
    throw broken;
  }),
  sensor_breaks_softly: sensor(() => {
    throw broken;
  }, { silentFail: true }),
  sensor_never_fails: sensor(() => {
    throw broken;
  }, { neverFail: true }),
  sensor_stays: sensor((() => {
    let looks = 0;
    return () => ++looks === 3 ? { done: true, value: looks } : false;
  })(), { mode: "poke", pokeInterval: 0.01 }),
  sensor_stays_too_long: sensor(() => false, { mode: "poke", pokeInterval: 0.01, timeout: 0.05 }),
  sensor_stays_on: sensor((_args, ctx) => {
    ctx.log.info("waiting");
    return false;
  }, { mode: "poke" }),
  defers: [
    thrower(() =>
      new DeferTask({
        trigger: new Trigger("my_company.triggers.JobTrigger", {
          job: 7,
          moment: SOON,
          delta: Temporal.Duration.from({ seconds: 90, milliseconds: 500 }),
          ids: new Set(["a"]),
        }),
        resume: "arrived",
        timeout: 3600,
        kwargs: { since: SOON, note: "kept" },
        queue: "triggers",
      })
    ),
    {
      continuations: {
        arrived: (event: { status: string }, ctx, { kwargs }) => ({
          event,
          since: String(kwargs["since"]),
          isInstant: kwargs["since"] instanceof Temporal.Instant,
          note: kwargs["note"],
          taskId: ctx.ti.taskId,
        }),
      },
    },
  ],
  defers_badly: defer(new Trigger("a.B", { run: () => 1 }), () => {}),
  defers_nowhere: thrower(() => new DeferTask({ trigger: new Trigger("a.B"), resume: "nowhere" })),
  defers_to_time: defer(dateTimeTrigger(SOON), (time) => time.toString()),
  defers_to_file: defer(fileTrigger({ filepath: "/data/in.csv" }), (found) => found),
  defers_to_task: defer(
    (_args, ctx) => externalTaskTrigger({ dagId: "upstream", runIds: [ctx.dagRun.runId] }),
    ({ status }) => {
      if (status !== "success") throw new SkipTask(`upstream came to ${status}`);
      return status;
    },
  ),
  asks: ask({
    subject: "Refund?",
    body: "The customer **waits**.",
    options: ["refund", "keep"],
    defaults: ["keep"],
    params: { note: { value: "-", description: "Why", schema: { type: "string" } } },
    assignedUsers: [{ id: "1", name: "admin" }],
    timeout: 60,
  }, (answer) => {
    // Only what was offered may be compared with: this is checked by the compiler.
    const refund: boolean = answer.option === "refund";
    return {
      refund,
      options: answer.options,
      note: answer.params["note"],
      at: String(answer.respondedAt),
      by: answer.respondedBy?.name ?? null,
      timedOut: answer.timedOut,
    };
  }),
  asks_nothing: ask({ subject: "?", options: [] }, () => {}),
  asks_by_hand: [
    async (_args, ctx) => {
      const amount = await ctx.variables.get("amount", { default: "7" });
      throw new AwaitInput({
        subject: `Refund ${amount}?`,
        options: ["yes", "no"],
        multiple: true,
        resume: "decided",
        kwargs: { amount },
      });
    },
    {
      continuations: {
        decided: answered<"yes" | "no">(({ options }, _ctx, { kwargs }) => ({ options, ...kwargs })),
      },
    },
  ],
  asks_for_approval: approve((_args, ctx) => ({ subject: `Approve ${ctx.ti.taskId}?` })),
  asks_strictly: approve({ subject: "Approve?" }, { failOnReject: true }),
  misses_connection: [
    (_args, ctx): Promise<Connection> => ctx.connections.get("nowhere"),
    {
      retryPolicy: (error) =>
        error instanceof TaskRuntimeError && error.code === "NOT_FOUND" ? "fail" : "retry",
    },
  ],
};

const bundle = new Bundle();
for (const [taskId, task] of Object.entries(tasks)) {
  const [handler, options] = Array.isArray(task) ? task : [task];
  bundle.register(new TaskHandler("terminal_states", taskId, handler, options));
}
await bundle.serve();
