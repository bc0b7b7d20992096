import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { exceptionOf, runEnding, told } from "./run_ending.ts";

Deno.test("SkipTask skips, whatever retries are left, and says why", async () => {
  const { end, last, requests } = await runEnding("skips", { retries: 1 });
  assertEquals(end, { type: "TaskState", state: "skipped" });
  assertEquals([...told(last), last?.fields], ["info", "Task skipped", {
    reason: "nothing to do",
  }]);
  assertEquals(requests.length, 1);
});

Deno.test("SkipTask as the cause of another error does not count", async () => {
  const { end } = await runEnding("skips_in_a_cause", { retries: 1 });
  assertEquals([end["type"], end["retry_reason"]], ["RetryTask", "Error: wrapped"]);
});

Deno.test("FailTask fails although retries are left, with its cause in the log", async () => {
  const { end, last } = await runEnding("fails", { retries: 1 });
  assertEquals(end, { type: "TaskState", state: "failed" });
  assertEquals(told(last), ["error", "Task failed, not to be retried"]);
  assertStringIncludes(exceptionOf(last), "no use");
  assertStringIncludes(exceptionOf(last), "it broke");
});

Deno.test("FailTask tells its reason where the schema date has a word for it", async () => {
  const { end } = await runEnding("fails", { date: "2026-10-30" });
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
    const { end, last } = await runEnding(taskId, { retries: 1 });
    assertEquals([end["type"], end["state"]], ["RetryTask", "up_for_retry"]);
    assertEquals([end["retry_reason"], end["retry_delay_seconds"]], [reason, delay]);
    assertEquals(told(last), ["warning", "Task to be retried"]);
  });
}

Deno.test("RetryTask takes a moment for its delay", async () => {
  const { end } = await runEnding("retries_at", { retries: 1 });
  const delay = Number(end["retry_delay_seconds"]);
  assert(delay > 3500 && delay <= 3600, String(delay));
});

Deno.test("RetryTask fails on the last try", async () => {
  const { end, last } = await runEnding("retries_after", { retries: 1, tryNumber: 2 });
  assertEquals(end, { type: "TaskState", state: "failed" });
  assertEquals(told(last), ["error", "Task failed: it requested a retry and has none left"]);
  assertStringIncludes(exceptionOf(last), "it broke");
});

Deno.test("RetryTask with a negative delay is an error like any other", async () => {
  const { end } = await runEnding("retries_before", { retries: 1 });
  assertStringIncludes(
    String(end["retry_reason"]),
    "must be a non-negative length of time, got -1",
  );
});

Deno.test("RescheduleTask names the time", async () => {
  const { end, last } = await runEnding("reschedules");
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
  Deno.test(`a retry policy decides: ${taskId.replaceAll("_", " ")}`, async () => {
    const { end, last } = await runEnding(taskId, { retries: 2, tryNumber: 2 });
    assertEquals([end["type"], end["retry_delay_seconds"], end["retry_reason"]], [
      type,
      delay,
      reason,
    ]);
    assertEquals(last?.level, "error");
  });
}

Deno.test("a retry policy cannot go beyond the last try", async () => {
  const { end } = await runEnding("policy_delays");
  assertEquals(end, { type: "TaskState", state: "failed" });
});

Deno.test("a retry policy that throws is told of in the log", async () => {
  const { log } = await runEnding("policy_throws", { retries: 1 });
  const line = log.find(({ level }) => level === "warning");
  assertStringIncludes(String(line?.event), "The retry policy failed");
  assertStringIncludes(exceptionOf(line), "no idea");
});
