import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { JsonObject } from "../../../src/protocol/generated.ts";
import { exceptionOf, type Ran, runTerminalState, told } from "./run_terminal_state.ts";

Deno.test("DeferTask: sends trigger and kwargs in Airflow's serde form", async () => {
  const { end, last } = await runTerminalState("defers");
  const tz = { "__classname__": "builtins.tuple", "__version__": 1 };
  const timestamp = {
    __classname__: "datetime.datetime",
    __version__: 2,
    __data__: {
      timestamp: 1893553445.678901,
      tz: { ...tz, __data__: ["UTC", "pendulum.tz.timezone.FixedTimezone", 1, true] },
    },
  };
  assertEquals(end, {
    type: "DeferTask",
    state: "deferred",
    classpath: "my_company.triggers.JobTrigger",
    trigger_kwargs: {
      job: 7,
      moment: timestamp,
      delta: { __classname__: "datetime.timedelta", __version__: 2, __data__: 90.5 },
      ids: { __classname__: "builtins.set", __version__: 1, __data__: ["a"] },
    },
    trigger_timeout: 3600,
    queue: "triggers",
    next_method: "arrived",
    next_kwargs: { since: timestamp, note: "kept" },
  });
  assertEquals(told(last), ["info", "Task deferred"]);
});

Deno.test("DeferTask: resumes in its continuation with event and kwargs", async () => {
  const { end: { next_method, next_kwargs } } = await runTerminalState("defers");
  assert(typeof next_method === "string" && typeof next_kwargs === "object");
  const { returned, state } = await runTerminalState("defers", {
    ti_context: { next_method, next_kwargs: { ...next_kwargs, event: { status: "done" } } },
  });
  assertEquals([state, returned], ["success", {
    event: { status: "done" },
    since: "2030-01-02T03:04:05.678901Z",
    isInstant: true,
    note: "kept",
    taskId: "defers",
  }]);
});

Deno.test("DeferTask: fails the task without quoting kwargs when they are not JSON", async () => {
  const { end, last } = await runTerminalState("defers", {
    retries: 1,
    ti_context: { next_method: "arrived", next_kwargs: "hunter2" },
  });
  assertStringIncludes(String(end["retry_reason"]), "Cannot resume the task: its arguments");
  assert(!`${end["retry_reason"]}${exceptionOf(last)}`.includes("hunter2"));
});

Deno.test("DeferTask: names the place of kwargs that Airflow cannot store", async () => {
  const { end } = await runTerminalState("defers_badly", { retries: 1 });
  assertStringIncludes(String(end["retry_reason"]), "got a function");
});

Deno.test("DeferTask: fails the task at once when the continuation does not exist", async () => {
  const { end, last } = await runTerminalState("defers_nowhere");
  assertEquals(end["type"], "TaskState");
  assertStringIncludes(exceptionOf(last), 'resume in \\"nowhere\\"');
});

for (
  const [taskId, classpath] of [
    ["defers_to_time", "airflow.providers.standard.triggers.temporal.DateTimeTrigger"],
    ["defers_to_file", "airflow.providers.standard.triggers.file.FileTrigger"],
    ["defers_to_task", "airflow.providers.standard.triggers.external_task.WorkflowTrigger"],
  ] as const
) {
  Deno.test(`defer(): a task that ${taskId.replaceAll("_", " ")}`, async () => {
    const { end } = await runTerminalState(taskId);
    assertEquals([end["classpath"], end["next_method"]], [classpath, "triggered"]);
  });
}

Deno.test("defer(): resumes with the event, and the continuation may skip the task", async () => {
  const resumed = (event: { status: string }): Promise<Ran> =>
    runTerminalState("defers_to_task", {
      ti_context: { next_method: "triggered", next_kwargs: { event } },
    });
  assertEquals((await resumed({ status: "success" })).returned, "success");
  const skipped = await resumed({ status: "failed" });
  assertEquals([skipped.state, skipped.last?.fields["reason"]], [
    "skipped",
    "upstream came to failed",
  ]);
});

Deno.test("DeferTask: fails the task with the traceback when the trigger failed", async () => {
  const { end, last } = await runTerminalState("defers", {
    retries: 1,
    ti_context: {
      next_method: "__fail__",
      next_kwargs: { error: "Trigger failure", traceback: ["Traceback:\n", "KeyError: 1\n"] },
    },
  });
  assertEquals(end["type"], "RetryTask");
  assertStringIncludes(exceptionOf(last), "its trigger failed: Trigger failure");
  assertStringIncludes(exceptionOf(last), "KeyError: 1");
});

Deno.test("DeferTask: fails the task when the trigger did not fire in time", async () => {
  const { end, last } = await runTerminalState("defers", {
    ti_context: { next_method: "__fail__", next_kwargs: { error: "Trigger timeout" } },
  });
  assertEquals(end["state"], "failed");
  assertStringIncludes(exceptionOf(last), "its trigger did not fire in time");
});

Deno.test("DeferTask: lists the continuations when the one to resume does not exist", async () => {
  const { last } = await runTerminalState("defers", {
    ti_context: { next_method: "gone", next_kwargs: null },
  });
  assertStringIncludes(
    exceptionOf(last),
    '\\"gone\\" does not exist; the handler\'s continuations: \\"arrived\\"',
  );
});

Deno.test("ask(): sends the question, then waits", async () => {
  const { end, requests } = await runTerminalState("asks");
  const { ti_id, ...question } = requests[0]?.body ?? {};
  assertEquals(typeof ti_id, "string");
  assertEquals(question, {
    type: "CreateHITLDetailPayload",
    subject: "Refund?",
    body: "The customer **waits**.",
    options: ["refund", "keep"],
    defaults: ["keep"],
    multiple: false,
    params: { note: { value: "-", description: "Why", schema: { type: "string" } } },
    assigned_users: [{ id: "1", name: "admin" }],
  });
  assertEquals(end, {
    type: "AwaitInputTask",
    state: "awaiting_input",
    next_method: "answered",
    next_kwargs: {},
    timeout: 60,
  });
});

const ANSWERED_AT = {
  __classname__: "pendulum.datetime.DateTime",
  __version__: 2,
  __data__: { timestamp: 1767323045, tz: null },
};

function answer(option: string, name: string | null): JsonObject {
  return {
    event: {
      chosen_options: [option],
      params_input: { note: "late" },
      responded_at: ANSWERED_AT,
      responded_by_user: name === null ? null : { id: "1", name },
      timedout: name === null,
    },
  };
}

Deno.test("ask(): resumes with the answer", async () => {
  const { returned } = await runTerminalState("asks", {
    ti_context: { next_method: "answered", next_kwargs: answer("refund", "admin") },
  });
  assertEquals(returned, {
    refund: true,
    options: ["refund"],
    note: "late",
    at: "2026-01-02T03:04:05Z",
    by: "admin",
    timedOut: false,
  });
});

Deno.test("ask(): fails the task when there is no answer and no default", async () => {
  const { end, last } = await runTerminalState("asks", {
    ti_context: {
      next_method: "answered",
      next_kwargs: { event: { error: "the timeout has passed", error_type: "timeout" } },
    },
  });
  assertEquals(end["state"], "failed");
  assertStringIncludes(exceptionOf(last), "its question has no answer: the timeout has passed");
});

Deno.test("ask(): fails the task before it sends a question without options", async () => {
  const { requests, last } = await runTerminalState("asks_nothing");
  assertEquals(requests.map(({ type }) => type), ["TaskState"]);
  assertStringIncludes(exceptionOf(last), "must not be empty");
});

Deno.test("AwaitInput: resumes in the author's continuation with kwargs", async () => {
  const { end: { next_method, next_kwargs } } = await runTerminalState("asks_by_hand");
  assertEquals([next_method, next_kwargs], ["decided", { amount: "7" }]);
  const { returned } = await runTerminalState("asks_by_hand", {
    ti_context: {
      next_method: "decided",
      next_kwargs: { amount: "7", ...answer("no", "a") },
    },
  });
  assertEquals(returned, { options: ["no"], amount: "7" });
});

for (
  const [taskId, option, name, state, reason] of [
    ["asks_for_approval", "Approve", "admin", "success", undefined],
    ["asks_for_approval", "Reject", "admin", "skipped", "rejected by admin"],
    ["asks_for_approval", "Reject", null, "skipped", "rejected: no answer in time"],
    ["asks_strictly", "Reject", "admin", "failed", undefined],
  ] as const
) {
  Deno.test(`approve(): ends ${taskId} with state ${state} when the answer is ${option} by ${name}`, async () => {
    const ran = await runTerminalState(taskId, {
      retries: 1,
      ti_context: { next_method: "answered", next_kwargs: answer(option, name) },
    });
    assertEquals([ran.state, ran.last?.fields["reason"]], [state, reason]);
    if (state !== "success") return;
    assertEquals(ran.returned, {
      chosen_options: ["Approve"],
      params_input: { note: "late" },
      responded_at: "2026-01-02T03:04:05Z",
      responded_by_user: { id: "1", name: "admin" },
    });
  });
}
