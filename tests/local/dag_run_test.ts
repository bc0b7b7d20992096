import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import {
  type DagRunEvent,
  type DagRunOptions,
  type DagRunSummary,
  runDag,
} from "../../src/local/scheduler/dag_run.ts";
import { parseFixtures } from "../../src/local/fixtures/fixtures.ts";
import { openState } from "../../src/local/store/open_state.ts";
import { MemoryStore } from "../../src/local/store/store.ts";
import { TaskRuntimeError } from "../../src/error.ts";

const TASK = new URL("testdata/task.ts", import.meta.url).pathname;
const command = (scenario: string): string[] => [
  Deno.execPath(),
  "run",
  "--no-config",
  "--no-lock",
  "-A",
  TASK,
  scenario,
];

Deno.test("runDag(): retries, clears XComs of the first try and passes XComs to other tasks", async () => {
  const events: string[] = [];
  const summary = await runDag({
    dagId: "etl",
    tasks: ["steady", "flaky"],
    command: command("flaky"),
    fixtures: parseFixtures(JSON.stringify({
      xcoms: { start: { return_value: "eu" } },
      tasks: { flaky: { retries: 1 } },
      order: ["flaky"],
    })),
    onEvent: (event: DagRunEvent) =>
      events.push(`${event.type} ${event.taskId} ${event.tryNumber}`),
  });
  assertEquals(
    summary.tasks.map(({ taskId, state, tries, returnValue }) => [
      taskId,
      state,
      tries,
      returnValue,
    ]),
    [["flaky", "success", 2, [2, "eu", ["partial"]]], ["steady", "success", 1, [1, "eu", []]]],
  );
  assert(summary.asExpected);
  assertEquals(events.filter((event) => !/^(log|request) /.test(event)), [
    "task-started flaky 1",
    "task-ended flaky 1",
    "task-started flaky 2",
    "task-ended flaky 2",
    "task-started steady 1",
    "task-ended steady 1",
  ]);
});

Deno.test("runDag(): compares the state of each task with the expected one", async () => {
  const expect = async (state: string): Promise<boolean> => {
    const fixtures = parseFixtures(JSON.stringify({ tasks: { a: { expect: state } } }));
    return (await runDag({ dagId: "etl", tasks: ["a"], command: command("failed"), fixtures }))
      .asExpected;
  };
  assertEquals([await expect("failed"), await expect("success")], [true, false]);
});

Deno.test("runDag(): cancels the wait for a retry and the remaining tasks when aborted", async () => {
  const abort = new AbortController();
  const summary = await runDag({
    dagId: "etl",
    tasks: ["a", "b"],
    // Requests a retry in 7 s.
    command: command("retry"),
    fixtures: parseFixtures('{"tasks":{"a":{"retries":3}}}'),
    signal: abort.signal,
    onEvent: (event) => event.type === "retry-waiting" && abort.abort(),
  });
  assertEquals(summary.tasks.map(({ taskId, state, tries }) => [taskId, state, tries]), [
    ["a", "up_for_retry", 1],
  ]);
  assertEquals(summary.asExpected, false);
});

/** Runs tasks of testdata/task.ts that wait outside of their process. */
function runWaiting(
  tasks: string[],
  fixtures: unknown = {},
  options: Partial<DagRunOptions> = {},
): Promise<DagRunSummary> {
  return runDag({
    dagId: "etl",
    tasks,
    command: command("waits"),
    fixtures: parseFixtures(JSON.stringify(fixtures)),
    maxWaitSeconds: 0,
    ask: () => Promise.resolve(undefined),
    ...options,
  });
}

async function valueOf(...args: Parameters<typeof runWaiting>): Promise<unknown> {
  const { tasks } = await runWaiting(...args);
  assertEquals(tasks[0]?.state, "success", tasks[0]?.reason);
  return tasks[0]?.returnValue;
}

Deno.test("runDag(): reschedules, skips the wait and keeps the timeout", async () => {
  const store = new MemoryStore();
  const logged: unknown[] = [];
  const value = await valueOf(["sensor"], {}, {
    store,
    date: "2026-10-30",
    onEvent: (event) => event.type === "log" && logged.push(event.record.fields["skipped_seconds"]),
  });
  // Poked at 0, 25, 50 and 75 minutes, by one task instance, in its first try.
  assertEquals(value, [3, 75, true, store.taskInstances("etl")[0]?.id]);
  // The duration of the run itself is not skipped.
  assertEquals(logged.map((seconds) => Math.round(Number(seconds) / 20) * 20), [1500, 1500, 1500]);
});

Deno.test("runDag(): omits first_task_reschedule_start_date in the older schema version", async () => {
  const value = await valueOf(["sensor"]);
  assertEquals(Array.isArray(value) && value.slice(0, 3), [3, 75, false]);
});

Deno.test("runDag(): fires a time trigger at once and resumes in the same try", async () => {
  const [tryNumber, method, kwargs] = Object(await valueOf(["moment"]));
  assertEquals([tryNumber, method, kwargs.kept], [1, "go_on", 1]);
  assertEquals(kwargs.event.__data__.timestamp, Date.UTC(2126, 0, 1) / 1000);
});

Deno.test("runDag(): resumes in __fail__ when the trigger times out", async () => {
  assertEquals(await valueOf(["late"]), [1, "__fail__", { error: "Trigger timeout" }]);
});

Deno.test("runDag(): ends a task when its trigger ends it", async () => {
  const { tasks, asExpected } = await runWaiting(["ended"]);
  assertEquals([tasks[0]?.state, tasks[0]?.reason, asExpected], [
    "success",
    "the trigger ended the task",
    true,
  ]);
});

Deno.test("runDag(): waits for a file until it exists", async () => {
  await using folder = await TemporaryFolder.create();
  const value = await valueOf(["file"], {}, {
    env: { AWAITED: folder.join("*.csv") },
    onEvent: (event) =>
      event.type === "log" && event.record.event === "Waiting for a file" &&
      Deno.writeTextFileSync(folder.join("rows.csv"), ""),
  });
  assertEquals(value, [1, "go_on", { kept: 1, event: true }]);
});

Deno.test("runDag(): stops waiting for a file when aborted", async () => {
  const abort = new AbortController();
  const { tasks } = await runWaiting(["file"], {}, {
    env: { AWAITED: "/nowhere/at/all" },
    signal: abort.signal,
    onEvent: (event) =>
      event.type === "log" && event.record.event === "Waiting for a file" && abort.abort(),
  });
  assertEquals(tasks[0]?.state, "deferred");
});

Deno.test("runDag(): checks the fixtures' Dag runs when a task waits for an external Dag", async () => {
  const there = { dagRuns: [{ dag_id: "other", run_id: "r1" }] };
  const event = { kept: 1, event: { status: "success" } };
  assertEquals(await valueOf(["external"], there), [1, "go_on", event]);
  const { tasks } = await runWaiting(["external"]);
  assertStringIncludes(tasks[0]?.reason ?? "", "add its event to events.external");
});

Deno.test("runDag(): uses a trigger's event of the fixtures, or names the missing one", async () => {
  const kwargs = { kept: 1, event: { rows: 3 } };
  assertEquals(await valueOf(["custom"], { events: { custom: { rows: 3 } } }), [
    1,
    "go_on",
    kwargs,
  ]);
  assertEquals(await valueOf(["twice"], { events: { twice: ["one", "two"] } }), "two");
  const { tasks, asExpected } = await runWaiting(["custom"]);
  assertEquals([tasks[0]?.state, asExpected], ["deferred", false]);
  assertStringIncludes(
    tasks[0]?.reason ?? "",
    "acme.Trigger needs Python; add its event to events.c",
  );
});

Deno.test("runDag(): leaves a task deferred when the fixtures expect that", async () => {
  const { tasks, asExpected } = await runWaiting(["moment"], {
    tasks: { moment: { expect: "deferred" } },
  });
  assertEquals([tasks[0]?.state, asExpected], ["deferred", true]);
});

Deno.test("runDag(): resumes with an answer of the fixtures, of a human, or the defaults", async () => {
  const event = { params_input: {}, responded_by_user: null, timedout: false };
  const approved = { answers: { human: { chosen_options: ["approve"] } } };
  assertEquals(await valueOf(["human"], approved), [
    1,
    "object",
    { chosen_options: ["approve"], ...event },
  ]);
  const asked: string[] = [];
  const answered = await valueOf(["human"], {}, {
    ask: (question) => {
      asked.push(question.subject);
      return Promise.resolve({ chosenOptions: ["reject"], paramsInput: {}, respondedBy: null });
    },
  });
  assertEquals([asked, answered], [["Load?"], [1, "object", {
    chosen_options: ["reject"],
    ...event,
  }]]);
  assertEquals(await valueOf(["human"]), [1, "object", {
    chosen_options: ["reject"],
    params_input: { rows: 5 },
    responded_by_user: null,
    timedout: true,
  }]);
});

Deno.test("runDag(): names the missing answer and refuses an invalid one", async () => {
  const { tasks } = await runWaiting(["human"], {}, { env: { NO_TIMEOUT: "1" } });
  assertEquals(tasks[0]?.state, "awaiting_input");
  assertStringIncludes(tasks[0]?.reason ?? "", '"Load?" has no answer; add one to answers.human');
  await assertRejects(
    () => runWaiting(["human"], { answers: { human: { chosen_options: ["maybe"] } } }),
    TaskRuntimeError,
    'answers.human.chosen_options: "maybe" must be one of approve, reject',
  );
});

Deno.test("runDag(): leaves a run of listed tasks running when one waits, as Airflow does", async () => {
  const store = new MemoryStore();
  const tasks = {
    moment: { expect: "deferred" },
    late: { expect: "deferred" },
    broken: { expect: "failed" },
  };
  const summary = await runWaiting(["moment", "broken", "late"], { tasks }, { store });
  assertEquals(summary.tasks.map(({ taskId, state }) => [taskId, state]), [
    ["moment", "deferred"],
    ["broken", "failed"],
    ["late", "deferred"],
  ]);
  assertEquals(store.dagRun("etl", summary.runId)?.state, "running");
});

Deno.test("runDag(): skips a listed task when another task skips it", async () => {
  const notRun: unknown[] = [];
  const { tasks, asExpected } = await runWaiting(["branch", "skipped", "kept"], {}, {
    onEvent: (event) => event.type === "task-not-run" && notRun.push([event.taskId, event.reason]),
  });
  assertEquals(notRun, [["skipped", "another task skipped it"]]);
  assertEquals(tasks.map(({ taskId, state, tries }) => [taskId, state, tries]), [
    ["branch", "success", 1],
    ["skipped", "skipped", 0],
    ["kept", "success", 1],
  ]);
  assert(asExpected);
});

Deno.test("runDag(): sends arguments in the newer schema version", async () => {
  const fixtures = { tasks: { bound: { args: { region: { value: "eu" }, rows: { xcom: "a" } } } } };
  assertEquals(await valueOf(["bound"], fixtures, { date: "2026-10-30" }), [
    { name: "region", kind: "literal", value: "eu", from_default: false },
    { name: "rows", kind: "xcom", task_id: "a" },
  ]);
  assertEquals(await valueOf(["bound"], fixtures), null);
});

Deno.test("runDag(): keeps earlier runs in a state file", async () => {
  await using folder = await TemporaryFolder.create();
  for (const runs of [1, 2]) {
    using opened = await openState(folder.join("state.sqlite"));
    await runWaiting(["kept"], {}, { store: opened.store });
    assertEquals(opened.store.dagRuns("etl").map((run) => run.state), Array(runs).fill("success"));
  }
});

Deno.test("runDag(): uses XComs of the last run when a task runs alone", async () => {
  const store = new MemoryStore();
  const run = (tasks: string[], xcoms = {}): Promise<DagRunSummary> =>
    runDag({
      dagId: "etl",
      tasks,
      store,
      command: command("flaky"),
      fixtures: parseFixtures(JSON.stringify({ tasks: { steady: { retries: 1 } }, xcoms })),
    });
  const pushed = ({ runId }: DagRunSummary): unknown[] =>
    store.xcomsOfTask("etl", runId, "steady").map(({ value }) => value);
  const whole = await run(["steady", "after"]);
  assert(pushed(whole).length > 0);
  const after = await run(["after"]);
  assertEquals(pushed(after), pushed(whole));
  // An earlier run also counts, but the fixtures take precedence.
  assertEquals(pushed(await run(["after"])), pushed(whole));
  assertEquals(pushed(await run(["after"], { steady: { return_value: "mine" } })), ["mine"]);
});

Deno.test("runDag(): runs a task after the tasks whose results are its arguments", async () => {
  const rows = { args: { rows: { xcom: "extract" } } };
  const run = async (fixtures: unknown): Promise<string[]> => {
    const { tasks } = await runDag({
      dagId: "etl",
      tasks: ["load", "other", "extract"],
      command: command("success"),
      fixtures: parseFixtures(JSON.stringify(fixtures)),
    });
    return tasks.map(({ taskId }) => taskId);
  };
  assertEquals(await run({ tasks: { load: rows } }), ["extract", "load", "other"]);
  const circle = { load: rows, extract: { args: { rows: { xcom: "load" } } } };
  assertEquals(await run({ order: ["other"], tasks: circle }), ["other", "extract", "load"]);
});
