// Tasks that look at Dag runs and other task instances, branch, and tell of themselves; run by
// dag_runs_test.ts here and under conformance.
import { branch, Bundle, TaskHandler, TaskRuntimeError } from "@airflow-deno/task-runtime";
import type { Handler } from "@airflow-deno/task-runtime";

async function failure(work: () => unknown): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    return error instanceof TaskRuntimeError ? [error.code, error.message] : String(error);
  }
}

const POLL = { pollInterval: 0.05 };

const tasks: Record<string, Handler> = {
  reads: async (_args, ctx) => {
    const { dagRuns } = ctx;
    const run = await dagRuns.get("other", "before");
    const previous = await dagRuns.previous({ dagId: "other" });
    return {
      run: [run.dagId, run.runId, run.state, run.logicalDate?.toString()],
      own: [ctx.dagRun.state, ctx.dagRun.note],
      state: await dagRuns.state("other", "before"),
      counts: [
        await dagRuns.count("other"),
        await dagRuns.count("other", { states: ["failed"], runIds: ["before"] }),
      ],
      previous: previous?.runId ?? null,
      none: await dagRuns.previous({ dagId: "other", state: "failed" }),
      dag: (await ctx.dags.get("other")).isPaused,
      missing: [
        await failure(() => dagRuns.get("other", "never")),
        await failure(() => dagRuns.state("other", "never")),
        await failure(() => ctx.dags.get("nowhere")),
      ],
    };
  },
  reads_successful: async (_args, ctx) => {
    const run = await ctx.dagRuns.previousSuccessful();
    return run === null ? null : run.dataIntervalEnd?.toString();
  },
  triggers: async (_args, ctx) => {
    const first = await ctx.dagRuns.trigger({
      dagId: "other",
      runId: "new",
      conf: { region: "eu", nested: { a: [1] } },
      logicalDate: new Date("2026-02-02T00:00:00Z"),
      note: "made by a test",
    });
    const second = await ctx.dagRuns.trigger({ dagId: "other" });
    return [first, second.runId.startsWith("manual__"), second.state];
  },
  triggers_twice: async (_args, ctx) => {
    const again = { dagId: "other", runId: "before" };
    const exists = await failure(() => ctx.dagRuns.trigger(again));
    const reset = await ctx.dagRuns.trigger({ ...again, resetDagRun: true });
    const bad = { at: [new Date(0)] };
    return [exists, reset, await failure(() => ctx.dagRuns.trigger({ ...again, conf: Object.assign({}, bad) }))];
  },
  triggers_or_skips: async (_args, ctx) => {
    await ctx.dagRuns.trigger({ dagId: "other", runId: "before", skipWhenAlreadyExists: true });
  },
  waits: async (_args, ctx) => [
    await ctx.dagRuns.wait("other", "before"),
    await failure(() => ctx.dagRuns.wait("other", "broken", POLL)),
    await failure(() => ctx.dagRuns.wait("other", "endless", { ...POLL, timeout: 0.1 })),
    await ctx.dagRuns.trigger({
      dagId: "other",
      runId: "waited",
      waitForCompletion: { ...POLL, allowedStates: ["queued"] },
    }),
  ],
  notes: async (_args, ctx) => await failure(() => ctx.dagRuns.setNote("42 rows")),
  looks_around: async (_args, ctx) => {
    const states = await ctx.tasks.states({ taskIds: ["start", "load"] });
    const previous = await ctx.tasks.previous({ taskId: "start" });
    const crumbs = await ctx.tasks.breadcrumbs();
    return {
      counts: [
        await ctx.tasks.count({ taskIds: ["start"], runIds: [ctx.ti.runId] }),
        await ctx.tasks.count({ states: ["failed"] }),
      ],
      states: [...states.get(ctx.ti.runId) ?? []],
      previous: previous === null ? null : [previous.runId, previous.state, previous.tryNumber],
      crumbs: crumbs.map(({ taskId, state, mapIndex }) => [taskId, state, mapIndex]),
      rescheduled: await ctx.tasks.rescheduleStartDate(),
    };
  },
  skips: (_args, ctx) => {
    ctx.skipDownstream("load", ["mapped", 1]);
    ctx.skipDownstream("load");
  },
  skips_and_fails: (_args, ctx) => {
    ctx.skipDownstream("load");
    throw new Error("nothing is skipped then");
  },
  skips_badly: (_args, ctx) => failure(() => ctx.skipDownstream(["mapped", 1.5])),
  branches: branch({ among: ["full", "delta", "none"] }, () => "delta"),
  branches_to_none: branch({ among: ["full", "delta"] }, () => {}),
  branches_astray: branch<string>({ among: ["full", "delta"] }, () => ["delta", "elsewhere"]),
  shows: async (_args, ctx) => {
    await ctx.setRenderedFields({ sql: "select 1", options: { limit: 1 } });
    await ctx.setMapIndexLabel("eu-west");
    return [
      await failure(() => ctx.setMapIndexLabel("")),
      await failure(() => ctx.setRenderedFields({ at: new Date(0) })),
    ];
  },
  shows_and_fails: async (_args, ctx) => {
    await ctx.setMapIndexLabel("eu-west");
    throw new Error("the label stays");
  },
  obeys_timeout: async (_args, ctx) => {
    await ctx.setExecutionTimeout(0.1);
    await new Promise((_resolve, reject) => {
      ctx.signal.addEventListener("abort", () => reject(new Error("told to stop")));
    });
  },
  returns_late: async (_args, ctx) => {
    await ctx.setExecutionTimeout(Temporal.Duration.from({ milliseconds: 50 }));
    await new Promise<void>((resolve) => ctx.signal.addEventListener("abort", () => resolve()));
    return "too late";
  },
  ignores_timeout: async (_args, ctx) => {
    await ctx.setExecutionTimeout(0.05);
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  },
  is_in_time: async (_args, ctx) => {
    await ctx.setExecutionTimeout(0.5);
    await ctx.setExecutionTimeout(60);
    await new Promise((resolve) => setTimeout(resolve, 600));
    return [
      await failure(() => ctx.setExecutionTimeout(0)),
      await failure(() => ctx.setExecutionTimeout(Temporal.Duration.from({ months: 1 }))),
    ];
  },
};

const bundle = new Bundle();
for (const [taskId, handler] of Object.entries(tasks)) {
  bundle.register(new TaskHandler("runtime", taskId, handler));
}
await bundle.serve();
