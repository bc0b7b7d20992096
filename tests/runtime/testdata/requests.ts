// Tasks that send each request which an author has a way to send, by its name; run by
// tests/conformance/tasks/requests_test.ts.
import {
  ask,
  Bundle,
  DeferTask,
  FailTask,
  type Handler,
  RescheduleTask,
  RetryTask,
  type TaskContext,
  TaskHandler,
  Trigger,
} from "@airflow-deno/task-runtime";

const EVENTS = { limit: 1, ascending: false };
const BY_URI = { uri: "s3://orders" };

/** Both schema versions have these; the last two are sent when the task succeeds. */
const requests: Record<string, (ctx: TaskContext) => unknown> = {
  GetConnection: async (ctx) => (await ctx.connections.get("warehouse")).host,
  GetVariable: (ctx) => ctx.variables.get("since"),
  GetVariableKeys: (ctx) => Array.fromAsync(ctx.variables.keys({ prefix: "si" })),
  PutVariable: (ctx) => ctx.variables.set("until", "2027", { description: "the end" }),
  DeleteVariable: (ctx) => ctx.variables.delete("gone"),
  MaskSecret: async (ctx) => {
    await ctx.maskSecret("between-us");
    // The supervisor masks output that bypasses the task log, if it knows the secret.
    Deno.stdout.writeSync(new TextEncoder().encode("masked: between-us\n"));
  },
  GetXCom: (ctx) => ctx.xcoms.pull("start"),
  GetXComCount: (ctx) => ctx.xcoms.count("mapped"),
  GetXComSequenceItem: (ctx) => ctx.xcoms.item("mapped", -1),
  GetXComSequenceSlice: (ctx) => ctx.xcoms.slice("mapped", { start: 1 }),
  SetXCom: (ctx) => ctx.xcoms.push("rows", [1]),
  DeleteXCom: (ctx) => ctx.xcoms.delete("old"),
  GetTaskStateStore: (ctx) => ctx.state.get("cursor"),
  SetTaskStateStore: (ctx) => ctx.state.set("page", 2),
  DeleteTaskStateStore: (ctx) => ctx.state.delete("cursor"),
  ClearTaskStateStore: (ctx) => ctx.state.clear(),
  GetAssetByName: async (ctx) => (await ctx.assets.get("orders").read()).uri,
  GetAssetByUri: async (ctx) => (await ctx.assets.get(BY_URI).read()).name,
  GetAssetsByAlias: async (ctx) =>
    (await ctx.assets.alias("all").read()).map(({ name }) => name),
  GetAssetEventByAsset: async (ctx) =>
    (await Array.fromAsync(ctx.assets.get("orders").events(EVENTS))).map(({ extra }) => extra),
  GetAssetEventByAssetAlias: async (ctx) =>
    (await Array.fromAsync(ctx.assets.alias("all").events(EVENTS))).map(({ extra }) => extra),
  GetAssetStateStoreByName: (ctx) => ctx.assets.get("orders").state.get("mark"),
  GetAssetStateStoreByUri: (ctx) => ctx.assets.get(BY_URI).state.get("mark"),
  SetAssetStateStoreByName: (ctx) => ctx.assets.get("orders").state.set("by name", 1),
  SetAssetStateStoreByUri: (ctx) => ctx.assets.get(BY_URI).state.set("by uri", 2),
  DeleteAssetStateStoreByName: (ctx) => ctx.assets.get("orders").state.delete("by name"),
  DeleteAssetStateStoreByUri: (ctx) => ctx.assets.get(BY_URI).state.delete("by uri"),
  ClearAssetStateStoreByName: (ctx) => ctx.assets.get("orders").state.clear(),
  ClearAssetStateStoreByUri: (ctx) => ctx.assets.get(BY_URI).state.clear(),
  GetDag: async (ctx) => (await ctx.dags.get("other")).isPaused,
  GetDagRun: async (ctx) => (await ctx.dagRuns.get("other", "before")).state,
  GetDagRunState: (ctx) => ctx.dagRuns.state("other", "before"),
  GetDRCount: (ctx) => ctx.dagRuns.count("other", { states: ["success"] }),
  GetPreviousDagRun: async (ctx) => (await ctx.dagRuns.previous({ dagId: "other" }))?.runId,
  GetPrevSuccessfulDagRun: async (ctx) =>
    (await ctx.dagRuns.previousSuccessful())?.startDate?.toString(),
  TriggerDagRun: async (ctx) =>
    (await ctx.dagRuns.trigger({ dagId: "other", runId: "new", conf: { a: 1 } })).runId,
  GetTICount: (ctx) => ctx.tasks.count({ taskIds: ["start"], states: ["success"] }),
  GetTaskStates: async (ctx) =>
    [...(await ctx.tasks.states({ taskIds: ["start"] })).get(ctx.ti.runId) ?? []],
  GetPreviousTI: async (ctx) => (await ctx.tasks.previous({ taskId: "start" }))?.state,
  GetTaskBreadcrumbs: async (ctx) => (await ctx.tasks.breadcrumbs()).map(({ taskId }) => taskId),
  GetTaskRescheduleStartDate: async (ctx) => (await ctx.tasks.rescheduleStartDate())?.toString(),
  SetRenderedFields: (ctx) => ctx.setRenderedFields({ sql: "select 1" }),
  SetRenderedMapIndex: (ctx) => ctx.setMapIndexLabel("eu-west"),
  ValidateInletsAndOutlets: (ctx) => ctx.outlets.validate(),
  SkipDownstreamTasks: (ctx) => ctx.skipDownstream("load"),
  SucceedTask: (ctx) => ctx.outlets.add({ name: "orders", ...BY_URI }, { rows: 1 }),
};

function thrower(make: () => Error): Handler {
  return () => {
    throw make();
  };
}

const tasks: Record<string, Handler> = {
  /** Sends them one after the other; returns what each of them gave. */
  asks: async (_args, ctx) => {
    const given: Record<string, unknown> = {};
    for (const [name, send] of Object.entries(requests)) given[name] = await send(ctx) ?? null;
    return given;
  },
  // Only 2026-10-30 has the requests of these two.
  notes: (_args, ctx) => ctx.dagRuns.setNote("42 rows"),
  // A thread that is blocked takes no signal: only the supervisor ends it.
  blocks: async (_args, ctx) => {
    await ctx.setExecutionTimeout(0.2);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30_000);
  },
  fails: thrower(() => new FailTask("no use")),
  retries: thrower(() => new RetryTask({ after: 5, reason: "busy" })),
  reschedules: thrower(() => new RescheduleTask(new Date("2030-01-02T03:04:05Z"))),
  defers: thrower(() => new DeferTask({ trigger: new Trigger("a.B", { n: 1 }), resume: "on" })),
  asks_somebody: ask({ subject: "Continue?", options: ["yes", "no"] }, () => {}),
};

const bundle = new Bundle();
for (const [taskId, handler] of Object.entries(tasks)) {
  const continuations = taskId === "defers" ? { on: () => {} } : {};
  bundle.register(new TaskHandler("runtime", taskId, handler, { continuations }));
}
await bundle.serve();
