import { assert, assertEquals, assertRejects } from "@std/assert";
import type { EndState } from "../../src/local/supervisor/terminal_state.ts";
import {
  type PlanRunOptions,
  type PlanRunResult,
  runPlan,
} from "../../src/local/scheduler/plan_run.ts";
import { instanceName } from "../../src/local/scheduler/instances.ts";
import { readPlan } from "../../src/local/scheduler/serialized_dag.ts";
import { MemoryStore } from "../../src/local/store/store.ts";
import type { JsonObject } from "../../src/protocol/value.ts";

interface Ran extends Pick<PlanRunResult, "state"> {
  readonly states: Record<string, unknown>;
  /** The maximum number of tasks that ran at once. */
  readonly most: number;
}

/** Runs a graph whose tasks end in the states of `ends` after a turn of the event loop. */
async function run(
  tasks: JsonObject[],
  ends: Record<string, EndState>,
  { dag = {}, ...options }: Partial<PlanRunOptions> & { dag?: JsonObject } = {},
): Promise<Ran> {
  const plan = readPlan({
    __version: 3,
    dag: {
      dag_id: "d",
      tasks: tasks.map((task) => ({ __type: "operator", __var: { is_stub: true, ...task } })),
      task_group: { children: {} },
      ...dag,
    },
  });
  let [now, most] = [0, 0];
  const { instances, state } = await runPlan({
    plan,
    store: new MemoryStore(),
    dagRun: { dagId: "d", runId: "r", state: "running" },
    parallel: 8,
    stateOf: () => undefined,
    onNotRun: () => {},
    async run({ task: { taskId } }, signal) {
      most = Math.max(most, ++now);
      if (taskId === "endless") {
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      } else await new Promise((resolve) => setTimeout(resolve));
      now -= 1;
      return ends[taskId] ?? (signal.aborted ? "failed" : "success");
    },
    ...options,
  });
  const states = instances.map((each) => [
    instanceName(each.task.taskId, each.mapIndex),
    each.state,
  ]);
  return { state, most, states: Object.fromEntries(states) };
}

const MANY: JsonObject = {
  task_id: "many",
  _is_mapped: true,
  expand_input: { type: "dict-of-lists", value: { __type: "dict", __var: { n: [1, 2, 3, 4] } } },
};

Deno.test("runPlan(): runs as many tasks at once as the caller, the Dag and the task allow", async () => {
  const most = async (...args: Parameters<typeof run>): Promise<number> =>
    (await run(...args)).most;
  const capped = { ...MANY, partial_kwargs: { max_active_tis_per_dagrun: 2 } };
  assertEquals([
    await most([MANY], {}),
    await most([MANY], {}, { parallel: 3 }),
    await most([capped], {}),
    await most([MANY], {}, { dag: { max_active_tasks: 1 } }),
  ], [4, 3, 2, 1]);
});

Deno.test("runPlan(): terminates running tasks and skips others except teardowns when a Dag fails fast", async () => {
  const tasks = [
    { task_id: "setup", is_setup: true, downstream_task_ids: ["breaks", "down"] },
    { task_id: "breaks", downstream_task_ids: ["down", "later"] },
    { task_id: "later", trigger_rule: "all_done" },
    { task_id: "endless" },
    { task_id: "down", is_teardown: true, trigger_rule: "all_done_setup_success" },
  ];
  const { state, states } = await run(tasks, { breaks: "failed" }, { dag: { fail_fast: true } });
  assertEquals(state, "failed");
  assertEquals(states, {
    setup: "success",
    breaks: "failed",
    later: "skipped",
    endless: "failed",
    down: "success",
  });
});

Deno.test("runPlan(): gives operators of Airflow success or the state of the fixtures", async () => {
  const tasks = [
    { task_id: "python", is_stub: false, task_type: "BashOperator", downstream_task_ids: ["own"] },
    { task_id: "own" },
  ];
  assertEquals((await run(tasks, {})).states, { python: "success", own: "success" });
  const failed = await run(tasks, {}, { stateOf: () => "failed" });
  assertEquals(failed.states, { python: "failed", own: "upstream_failed" });
});

Deno.test("runPlan(): starts no more tasks when aborted", async () => {
  const abort = new AbortController();
  const tasks = [{ task_id: "endless", downstream_task_ids: ["next"] }, { task_id: "next" }];
  const ran = run(tasks, { endless: "success" }, { signal: abort.signal });
  abort.abort();
  assertEquals(await ran, {
    state: "failed",
    most: 1,
    states: { endless: "success", next: null },
  });
});

Deno.test("runPlan(): terminates running tasks when another task cannot be started", async () => {
  let isEnded = false;
  const error = await assertRejects(() =>
    run([{ task_id: "endless" }, { task_id: "absent" }], {}, {
      async run({ task: { taskId } }, signal) {
        if (taskId === "absent") throw new Error("no such program");
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        isEnded = true;
        return "failed";
      },
    }), Error);
  assertEquals(error.message, "no such program");
  assert(isEnded);
});
