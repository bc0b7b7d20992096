import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { JsonObject } from "../../../src/protocol/generated.ts";
import { exceptionOf, type Ran, runEnding, told } from "./run_ending.ts";

Deno.test("DeferTask sends trigger and kwargs in Airflow's serde form", async () => {
  const { end, last } = await runEnding("defers");
  const tz = { "__classname__": "builtins.tuple", "__version__": 1 };
  const moment = {
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
      moment,
      delta: { __classname__: "datetime.timedelta", __version__: 2, __data__: 90.5 },
      ids: { __classname__: "builtins.set", __version__: 1, __data__: ["a"] },
    },
    trigger_timeout: 3600,
    queue: "triggers",
    next_method: "arrived",
    next_kwargs: { since: moment, note: "kept" },
  });
  assertEquals(told(last), ["info", "Task deferred"]);
});

Deno.test("a deferred task goes on in its continuation, with event and kwargs", async () => {
  const { end: { next_method, next_kwargs } } = await runEnding("defers");
  assert(typeof next_method === "string" && typeof next_kwargs === "object");
  const { returned, state } = await runEnding("defers", {
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

Deno.test("arguments that are no JSON end a task that is resumed, and are not quoted", async () => {
  const { end, last } = await runEnding("defers", {
    retries: 1,
    ti_context: { next_method: "arrived", next_kwargs: "hunter2" },
  });
  assertStringIncludes(String(end["retry_reason"]), "Cannot resume the task: its arguments");
  assert(!`${end["retry_reason"]}${exceptionOf(last)}`.includes("hunter2"));
});

Deno.test("DeferTask refuses kwargs that Airflow cannot keep, naming the place", async () => {
  const { end } = await runEnding("defers_badly", { retries: 1 });
  assertStringIncludes(String(end["retry_reason"]), "this is a function");
});

Deno.test("DeferTask refuses a continuation that the handler does not have, before it waits", async () => {
  const { end, last } = await runEnding("defers_nowhere");
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
    const { end } = await runEnding(taskId);
    assertEquals([end["classpath"], end["next_method"]], [classpath, "triggered"]);
  });
}

Deno.test("defer() goes on with the event; the continuation may end the task, too", async () => {
  const resumed = (event: { status: string }): Promise<Ran> =>
    runEnding("defers_to_task", {
      ti_context: { next_method: "triggered", next_kwargs: { event } },
    });
  assertEquals((await resumed({ status: "success" })).returned, "success");
  const skipped = await resumed({ status: "failed" });
  assertEquals([skipped.state, skipped.last?.fields["reason"]], [
    "skipped",
    "upstream came to failed",
  ]);
});

Deno.test("a task whose trigger failed fails, with the trigger's traceback", async () => {
  const { end, last } = await runEnding("defers", {
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

Deno.test("a task whose trigger took too long fails", async () => {
  const { end, last } = await runEnding("defers", {
    ti_context: { next_method: "__fail__", next_kwargs: { error: "Trigger timeout" } },
  });
  assertEquals(end["state"], "failed");
  assertStringIncludes(exceptionOf(last), "its trigger did not fire in time");
});

Deno.test("a task that is resumed in what it does not have fails, naming what it has", async () => {
  const { last } = await runEnding("defers", {
    ti_context: { next_method: "gone", next_kwargs: null },
  });
  assertStringIncludes(
    exceptionOf(last),
    '\\"gone\\" does not exist; the handler\'s continuations: \\"arrived\\"',
  );
});

Deno.test("ask() puts the question, then waits", async () => {
  const { end, requests } = await runEnding("asks");
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

Deno.test("ask() goes on with the answer", async () => {
  const { returned } = await runEnding("asks", {
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

Deno.test("ask() fails when nobody answers and there are no defaults", async () => {
  const { end, last } = await runEnding("asks", {
    ti_context: {
      next_method: "answered",
      next_kwargs: { event: { error: "the timeout has passed", error_type: "timeout" } },
    },
  });
  assertEquals(end["state"], "failed");
  assertStringIncludes(exceptionOf(last), "its question has no answer: the timeout has passed");
});

Deno.test("ask() refuses a question without options before Airflow hears of it", async () => {
  const { requests, last } = await runEnding("asks_nothing");
  assertEquals(requests.map(({ type }) => type), ["TaskState"]);
  assertStringIncludes(exceptionOf(last), "must not be empty");
});

Deno.test("AwaitInput goes on in a continuation of the author's, kwargs included", async () => {
  const { end: { next_method, next_kwargs } } = await runEnding("asks_by_hand");
  assertEquals([next_method, next_kwargs], ["decided", { amount: "7" }]);
  const { returned } = await runEnding("asks_by_hand", {
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
  Deno.test(`approve(): ${taskId} ends ${state} on ${option} by ${name}`, async () => {
    const ran = await runEnding(taskId, {
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
