// Each terminal state under Airflow's real supervise_task(): the state that Airflow gives the task,
// and the calls of its API. The handlers are those of tests/runtime/testdata/terminal_states.ts.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { packBundle } from "../harness/packed_bundle.ts";
import { type Launch, sharedLaunches } from "../harness/launches.ts";
import { proof } from "../harness/proof.ts";
import type { Json, JsonObject, TaskResult, TaskRun } from "../harness/task_run.ts";

const TASKS = new URL("../../runtime/testdata/terminal_states.ts", import.meta.url);

const LAUNCHES = sharedLaunches();
let root = "";

Deno.test.beforeAll(async () => {
  root = await Deno.makeTempDir({ prefix: "airflow-bundles-" });
  await packBundle(TASKS, `${root}/terminal_states`);
});

Deno.test.afterAll(async () => {
  await Deno.remove(root, { recursive: true });
});

function run(
  launch: Launch,
  task_id: string,
  options: Partial<TaskRun> = {},
): Promise<TaskResult> {
  const where = { bundle_root: root, dag_id: "terminal_states", task_id };
  return launch.airflow().runTask({ ...where, ...options });
}

const tz = {
  __classname__: "builtins.tuple",
  __version__: 1,
  __data__: ["UTC", "pendulum.tz.timezone.FixedTimezone", 1, true],
};
const soon = {
  __classname__: "datetime.datetime",
  __version__: 2,
  __data__: { timestamp: 1893553445.678901, tz },
};
const standard = "airflow.providers.standard.triggers";

/** The kwargs that Airflow's Core API passes for a user's response. */
function answer(option: string): JsonObject {
  return {
    event: {
      chosen_options: [option],
      params_input: { note: "late" },
      responded_at: {
        __classname__: "datetime.datetime",
        __version__: 2,
        __data__: { timestamp: 1767323045.5, tz },
      },
      responded_by_user: { id: "1", name: "admin" },
      timedout: false,
    },
  };
}

interface Case {
  /** The capability that it proves, see capabilities.yaml. */
  id?: string;
  task: string;
  /** Distinguishes several cases of one task. */
  when?: string;
  options?: Partial<TaskRun>;
  state: string;
  /** Fields of the state update that Airflow's API accepted. */
  update?: JsonObject;
  returned?: Json;
  /** A part of the log's lines, as JSON. */
  log?: string;
}

const RETRY = { max_tries: 1 };

const CASES: Case[] = [
  {
    id: "capability.skipped",
    task: "skips",
    options: RETRY,
    state: "skipped",
    log: '"reason":"nothing to do"',
  },
  { task: "skips_in_a_cause", state: "failed" },
  { task: "fails", options: RETRY, state: "failed", log: "no use" },
  { task: "retries", options: RETRY, state: "up_for_retry" },
  {
    task: "retries_at_once",
    options: RETRY,
    state: "up_for_retry",
    update: { retry_delay_seconds: 0, retry_reason: "at once" },
  },
  {
    task: "retries_after",
    options: RETRY,
    state: "up_for_retry",
    update: { retry_delay_seconds: 7.5, retry_reason: "busy" },
  },
  { task: "retries_after", when: "no try is left", state: "failed" },
  { task: "retries_at", options: RETRY, state: "up_for_retry" },
  {
    id: "capability.up_for_reschedule",
    task: "reschedules",
    state: "up_for_reschedule",
    update: { reschedule_date: "2030-01-02T03:04:05.678901Z" },
  },
  { task: "policy_fails", options: RETRY, state: "failed", log: "its retry policy decided so" },
  { task: "policy_retries", options: RETRY, state: "up_for_retry" },
  {
    id: "capability.retry-policy",
    task: "policy_delays",
    options: RETRY,
    state: "up_for_retry",
    update: { retry_delay_seconds: 60, retry_reason: "cooling down" },
  },
  { task: "policy_delays", when: "no try is left", state: "failed" },
  { task: "policy_throws", options: RETRY, state: "up_for_retry", log: "no idea" },
  { task: "sensor_sees_value", state: "success", returned: { rows: 3 } },
  { id: "capability.sensor", task: "sensor_waits", state: "up_for_reschedule" },
  {
    task: "sensor_times_out",
    when: "its time is over",
    options: {
      max_tries: 1,
      ti_context: {
        task_reschedule_count: 9,
        first_task_reschedule_start_date: "2026-01-01T00:00:00Z",
      },
    },
    state: "failed",
    log: "the sensor timed out",
  },
  {
    task: "sensor_gives_up",
    when: "its time is over",
    options: {
      ti_context: {
        task_reschedule_count: 9,
        first_task_reschedule_start_date: "2026-01-01T00:00:00Z",
      },
    },
    state: "skipped",
  },
  { task: "sensor_never_fails", state: "skipped" },
  { task: "sensor_stays", state: "success", returned: 3 },
  {
    id: "capability.deferred",
    task: "defers",
    state: "deferred",
    update: {
      classpath: "my_company.triggers.JobTrigger",
      trigger_kwargs: {
        job: 7,
        moment: soon,
        delta: { __classname__: "datetime.timedelta", __version__: 2, __data__: 90.5 },
        ids: { __classname__: "builtins.set", __version__: 1, __data__: ["a"] },
      },
      trigger_timeout: "PT1H",
      queue: "triggers",
      next_method: "arrived",
      next_kwargs: { since: soon, note: "kept" },
    },
  },
  {
    id: "capability.trigger-event",
    task: "defers",
    when: "its trigger fired",
    options: {
      ti_context: {
        next_method: "arrived",
        next_kwargs: { since: soon, note: "kept", event: { status: "done" } },
      },
    },
    state: "success",
    returned: {
      event: { status: "done" },
      since: "2030-01-02T03:04:05.678901Z",
      isInstant: true,
      note: "kept",
      taskId: "defers",
    },
  },
  {
    task: "defers",
    when: "its trigger failed",
    options: {
      max_tries: 1,
      ti_context: {
        next_method: "__fail__",
        next_kwargs: { error: "Trigger failure", traceback: ["KeyError: 1"] },
      },
    },
    state: "up_for_retry",
    log: "KeyError: 1",
  },
  {
    task: "defers",
    when: "its trigger took too long",
    options: {
      ti_context: { next_method: "__fail__", next_kwargs: { error: "Trigger timeout" } },
    },
    state: "failed",
    log: "its trigger did not fire in time",
  },
  { task: "defers_badly", state: "failed", log: "got a function" },
  { task: "defers_nowhere", state: "failed", log: "continuations are none" },
  {
    task: "defers_to_time",
    state: "deferred",
    update: { classpath: `${standard}.temporal.DateTimeTrigger`, trigger_kwargs: { moment: soon } },
  },
  {
    task: "defers_to_file",
    state: "deferred",
    update: {
      classpath: `${standard}.file.FileTrigger`,
      trigger_kwargs: { filepath: "/data/in.csv", recursive: false, poke_interval: 5 },
    },
  },
  {
    task: "defers_to_task",
    state: "deferred",
    update: { classpath: `${standard}.external_task.WorkflowTrigger` },
  },
  {
    id: "capability.awaiting_input",
    task: "asks",
    state: "awaiting_input",
    update: { next_method: "answered", timeout: "PT1M" },
  },
  {
    id: "capability.human-answer",
    task: "asks",
    when: "a user answered",
    options: { ti_context: { next_method: "answered", next_kwargs: answer("refund") } },
    state: "success",
    returned: {
      refund: true,
      options: ["refund"],
      note: "late",
      at: "2026-01-02T03:04:05.5Z",
      by: "admin",
      timedOut: false,
    },
  },
  { task: "asks_nothing", state: "failed", log: "must not be empty" },
  {
    task: "asks_by_hand",
    state: "awaiting_input",
    update: { next_method: "decided", next_kwargs: { amount: "7" } },
  },
  { task: "asks_for_approval", state: "awaiting_input" },
  {
    task: "asks_for_approval",
    when: "a user rejected",
    options: { ti_context: { next_method: "answered", next_kwargs: answer("Reject") } },
    state: "skipped",
    log: "rejected by admin",
  },
];

for (const launch of LAUNCHES) {
  const { name: launched } = launch;
  for (const { id, task, when, options = {}, state, update = {}, returned, log } of CASES) {
    const retries = (options.max_tries ?? 0) > 0 ? ", retries left" : "";
    const name = `${task}${when === undefined ? "" : `, ${when}`}${retries}`;
    Deno.test(`${launched}: reports ${state} for ${name}${proof(id)}`, async () => {
      const result = await run(launch, task, options);
      assertEquals(
        [result.state, result.exit_code, result.error],
        [state, 0, null],
        JSON.stringify(result, null, 2),
      );
      const ends = result.api_calls.filter(({ method, path }) =>
        method === "PATCH" && path.endsWith("/state")
      );
      assertEquals(ends.map(({ status }) => status), [204]);
      for (const [field, value] of Object.entries(update)) {
        assertEquals(result.ti[field], value, field);
      }
      const [xcom] = result.xcoms;
      assertEquals(xcom?.value, returned);
      assertStringIncludes(JSON.stringify(result.log), log ?? "");
    });
  }

  Deno.test(`${launched}: sends every field of a question`, async () => {
    const { hitl } = await run(launch, "asks");
    const { ti_id: _id, ...question } = hitl ?? {};
    assertEquals(question, {
      subject: "Refund?",
      body: "The customer **waits**.",
      options: ["refund", "keep"],
      defaults: ["keep"],
      multiple: false,
      params: { note: { value: "-", description: "Why", schema: { type: "string" } } },
      assigned_users: [{ id: "1", name: "admin" }],
    });
  });

  Deno.test(`${launched}: limits a sensor's next poke by its first one`, async () => {
    const first = Temporal.Now.instant().subtract({ seconds: 590 });
    const { state, ti, api_calls } = await run(launch, "sensor_times_out", {
      ti_context: {
        task_reschedule_count: 2,
        first_task_reschedule_start_date: first.toString(),
      },
    });
    assertEquals(state, "up_for_reschedule");
    const wait = Temporal.Instant.from(String(ti["reschedule_date"])).since(first);
    const seconds = wait.total("seconds");
    // Ten seconds are left, so that the interval of a minute is cut.
    assert(seconds > 590 && seconds < 601, String(seconds));
    // Airflow 3.4 sends the date without a request, but only to bundles of the newer schema version.
    const asked = api_calls.some(({ path }) => path.startsWith("task-reschedules/"));
    assert(asked || launch.version !== "3.3.2", JSON.stringify(api_calls));
  });
}
