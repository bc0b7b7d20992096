import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { exceptionOf, runTerminalState, told } from "./run_terminal_state.ts";

Deno.test("SkipTask: skips the task and logs the reason, also when retries are left", async () => {
  const { end, last, requests } = await runTerminalState("skips", { retries: 1 });
  assertEquals(end, { type: "TaskState", state: "skipped" });
  assertEquals([...told(last), last?.fields], ["info", "Task skipped", {
    reason: "nothing to do",
  }]);
  assertEquals(requests.length, 1);
});

Deno.test("SkipTask: has no effect as the cause of another error", async () => {
  const { end } = await runTerminalState("skips_in_a_cause", { retries: 1 });
  assertEquals([end["type"], end["retry_reason"]], ["RetryTask", "Error: wrapped"]);
});

Deno.test("FailTask: fails the task when retries are left, and logs the cause", async () => {
  const { end, last } = await runTerminalState("fails", { retries: 1 });
  assertEquals(end, { type: "TaskState", state: "failed" });
  assertEquals(told(last), ["error", "Task failed, not to be retried"]);
  assertStringIncludes(exceptionOf(last), "no use");
  assertStringIncludes(exceptionOf(last), "it broke");
});

Deno.test("FailTask: reports its reason on schema version 2026-10-30", async () => {
  const { end } = await runTerminalState("fails", { date: "2026-10-30" });
  assertEquals(end["retry_reason"], "no use");
});

for (
  const [taskId, reason, delay] of [
    ["retries", "RetryTask: the task requested a retry", undefined],
    ["retries_at_once", "at once", 0],
    ["retries_after", "busy", 7.5],
  ] as const
) {
  Deno.test(`RetryTask: ${taskId.replaceAll("_", " ")}`, async () => {
    const { end, last } = await runTerminalState(taskId, { retries: 1 });
    assertEquals([end["type"], end["state"]], ["RetryTask", "up_for_retry"]);
    assertEquals([end["retry_reason"], end["retry_delay_seconds"]], [reason, delay]);
    assertEquals(told(last), ["warning", "Task to be retried"]);
  });
}

Deno.test("RetryTask: takes a time for its delay", async () => {
  const { end } = await runTerminalState("retries_at", { retries: 1 });
  const delay = Number(end["retry_delay_seconds"]);
  assert(delay > 3500 && delay <= 3600, String(delay));
});

Deno.test("RetryTask: fails the task on the last try", async () => {
  const { end, last } = await runTerminalState("retries_after", { retries: 1, tryNumber: 2 });
  assertEquals(end, { type: "TaskState", state: "failed" });
  assertEquals(told(last), ["error", "Task failed: it requested a retry and has none left"]);
  assertStringIncludes(exceptionOf(last), "it broke");
});

Deno.test("RetryTask: throws when its delay is negative", async () => {
  const { end } = await runTerminalState("retries_before", { retries: 1 });
  assertStringIncludes(
    String(end["retry_reason"]),
    "must be a non-negative length of time, got -1",
  );
});

Deno.test("RescheduleTask: reports the time", async () => {
  const { end, last } = await runTerminalState("reschedules");
  assertEquals([end["type"], end["state"]], ["RescheduleTask", "up_for_reschedule"]);
  assertEquals(String(end["reschedule_date"]), "2030-01-02T03:04:05.678901Z");
  assertEquals(told(last), ["info", "Task rescheduled"]);
});

for (
  const [taskId, type, delay, reason] of [
    ["policy_fails", "TaskState", undefined, undefined],
    ["policy_retries", "RetryTask", undefined, "TypeError: it broke"],
    ["policy_delays", "RetryTask", 120, "cooling down"],
    ["policy_abstains", "RetryTask", undefined, "TypeError: it broke"],
    ["policy_throws", "RetryTask", undefined, "TypeError: it broke"],
    ["misses_connection", "TaskState", undefined, undefined],
  ] as const
) {
  Deno.test(`a retry policy: decides when a task ${taskId.replaceAll("_", " ")}`, async () => {
    const { end, last } = await runTerminalState(taskId, { retries: 2, tryNumber: 2 });
    assertEquals([end["type"], end["retry_delay_seconds"], end["retry_reason"]], [
      type,
      delay,
      reason,
    ]);
    assertEquals(last?.level, "error");
  });
}

Deno.test("a retry policy: does not retry after the last try", async () => {
  const { end } = await runTerminalState("policy_delays");
  assertEquals(end, { type: "TaskState", state: "failed" });
});

Deno.test("a retry policy: is ignored and logged when it throws", async () => {
  const { log } = await runTerminalState("policy_throws", { retries: 1 });
  const line = log.find(({ level }) => level === "warning");
  assertStringIncludes(String(line?.event), "The retry policy failed");
  assertStringIncludes(exceptionOf(line), "no idea");
});
