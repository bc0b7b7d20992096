// Tasks for a supervisor that fails them, and for SIGTERM; run by faults_test.ts and signals_test.ts.
import { Bundle, TaskHandler, TaskRuntimeError } from "@airflow-deno/task-runtime";
import type { Handler, TaskContext } from "@airflow-deno/task-runtime";

function aborted({ signal }: TaskContext): Promise<unknown> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(signal.reason)));
}

const tasks: Record<string, Handler> = {
  succeeds: () => {},
  logs_and_succeeds: async (_args, ctx) => {
    for (let i = 0; i < 1000; i++) {
      ctx.log.info("x".repeat(1000));
      if (i % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    }
  },
  asks: async (_args, ctx) => await ctx.variables.get("since"),
  asks_and_shrugs: async (_args, ctx) => {
    try {
      await ctx.variables.get("since");
    } catch (error) {
      ctx.log.warn("shrugged", { code: error instanceof TaskRuntimeError ? error.code : "none" });
    }
  },
  listens: async (_args, ctx) => {
    ctx.log.info("ready");
    const reason = await aborted(ctx);
    ctx.log.info("tidied up");
    throw reason;
  },
  listens_and_returns: async (_args, ctx) => {
    ctx.log.info("ready");
    await aborted(ctx);
    return "what there was time for";
  },
  ignores: async (_args, ctx) => {
    ctx.log.info("ready");
    await aborted(ctx);
    for (let i = 0; i < 1000; i++) ctx.log.info(`still at it ${i}`);
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  },
  asks_for_ever: async (_args, ctx) => {
    ctx.log.info("ready");
    await ctx.variables.get("since");
  },
};

const handlers = Object.entries(tasks).map(([id, handler]) => new TaskHandler("faults", id, handler));
await new Bundle().register(...handlers).serve();
