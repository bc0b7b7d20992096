import { assert, assertEquals } from "@std/assert";
import { exceptionOf, runTerminalState } from "./run_terminal_state.ts";

function secondsFromNow(time: unknown): number {
  assert(time instanceof Temporal.Instant);
  return time.since(Temporal.Now.instant()).total("seconds");
}

Deno.test("sensor(): succeeds when the condition is met, with a value or without", async () => {
  assertEquals((await runTerminalState("sensor_sees")).requests.map(({ type }) => type), [
    "SucceedTask",
  ]);
  assertEquals((await runTerminalState("sensor_sees_value")).returned, { rows: 3 });
});

Deno.test("sensor(): reschedules when the condition is not met", async () => {
  const { end, requests } = await runTerminalState("sensor_waits");
  assertEquals([end["type"], requests.length], ["RescheduleTask", 1]);
  const wait = secondsFromNow(end["reschedule_date"]);
  assert(wait > 20 && wait <= 30, String(wait));
});

for (const [count, least, most] of [[0, 40, 100], [1, 90, 200], [5, 340, 350]] as const) {
  Deno.test(`sensor(): backs off after ${count} reschedules`, async () => {
    const { end } = await runTerminalState("sensor_backs_off", {
      ti_context: { task_reschedule_count: count },
    });
    const wait = secondsFromNow(end["reschedule_date"]);
    assert(wait > least && wait <= most, String(wait));
  });
}

const ELEVEN_MINUTES_AGO = Temporal.Now.instant().subtract({ minutes: 11 });

Deno.test("sensor(): fails without a retry when its timeout since the first try is over", async () => {
  const { end, last, requests } = await runTerminalState("sensor_times_out", {
    retries: 1,
    date: "2026-10-30",
    ti_context: {
      task_reschedule_count: 9,
      first_task_reschedule_start_date: ELEVEN_MINUTES_AGO,
    },
  });
  assertEquals([end["state"], requests.length], ["failed", 1]);
  const [, seconds] = /its first poke was ([\d.]+) s ago/.exec(exceptionOf(last)) ?? [];
  assert(Number(seconds) >= 660, `${seconds} s, of the time before this try too`);
});

Deno.test("sensor(): skips at its timeout with softFail", async () => {
  const { end } = await runTerminalState("sensor_gives_up", {
    date: "2026-10-30",
    ti_context: {
      task_reschedule_count: 9,
      first_task_reschedule_start_date: ELEVEN_MINUTES_AGO,
    },
  });
  assertEquals(end["state"], "skipped");
});

Deno.test("sensor(): requests the time of the first try on the older schema version", async () => {
  const { requests } = await runTerminalState("sensor_times_out", {
    ti_context: { task_reschedule_count: 1 },
  });
  assertEquals(requests.map(({ type }) => type), ["GetTaskRescheduleStartDate", "RescheduleTask"]);
});

for (
  const [taskId, state] of [
    ["sensor_breaks", "failed"],
    ["sensor_breaks_softly", "up_for_reschedule"],
    ["sensor_never_fails", "skipped"],
    ["sensor_stays", "success"],
    ["sensor_stays_too_long", "failed"],
  ] as const
) {
  Deno.test(`sensor(): a ${taskId.replaceAll("_", " ")} ends ${state}`, async () => {
    assertEquals((await runTerminalState(taskId)).state, state);
  });
}

Deno.test("sensor() in mode poke: stops waiting on SIGTERM", async () => {
  const abort = new AbortController();
  const started = performance.now();
  const { requests } = await runTerminalState("sensor_stays_on", {
    signal: abort.signal,
    onLog: ({ event }) => event === "waiting" && abort.abort(),
  });
  assertEquals(requests.map(({ type }) => type), ["TaskState"]);
  assert(performance.now() - started < 3000, "it waited for the grace to pass");
});
