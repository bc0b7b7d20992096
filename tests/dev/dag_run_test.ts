import { assert, assertEquals } from "@std/assert";
import { type DagRunEvent, runDag } from "../../src/dev/dag_run.ts";
import { parseFixtures } from "../../src/dev/fixtures.ts";

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

Deno.test("runDag() retries, clears what the first try pushed, and hands XComs on", async () => {
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
  assertEquals(events.filter((event) => !event.startsWith("log")), [
    "task-started flaky 1",
    "task-ended flaky 1",
    "task-started flaky 2",
    "task-ended flaky 2",
    "task-started steady 1",
    "task-ended steady 1",
  ]);
});

Deno.test("runDag() compares each task's state with what the fixtures expect", async () => {
  const expect = async (state: string): Promise<boolean> => {
    const fixtures = parseFixtures(JSON.stringify({ tasks: { a: { expect: state } } }));
    return (await runDag({ dagId: "etl", tasks: ["a"], command: command("failed"), fixtures }))
      .asExpected;
  };
  assertEquals([await expect("failed"), await expect("success")], [true, false]);
});

Deno.test("runDag() gives up the wait for a retry, and the tasks after it, when aborted", async () => {
  const abort = new AbortController();
  const summary = await runDag({
    dagId: "etl",
    tasks: ["a", "b"],
    // Asks to be tried again in 7 s.
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
