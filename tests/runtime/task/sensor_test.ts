import { assert, assertEquals } from "@std/assert";
import { exceptionOf, runEnding } from "./run_ending.ts";

function secondsFromNow(time: unknown): number {
  assert(time instanceof Temporal.Instant);
  return time.since(Temporal.Now.instant()).total("seconds");
}

Deno.test("sensor() ends when it is so, with a value or without", async () => {
  assertEquals((await runEnding("sensor_sees")).requests.map(({ type }) => type), ["SucceedTask"]);
  assertEquals((await runEnding("sensor_sees_value")).returned, { rows: 3 });
});

Deno.test("sensor() reschedules when it is not so", async () => {
  const { end, requests } = await runEnding("sensor_waits");
  assertEquals([end["type"], requests.length], ["RescheduleTask", 1]);
  const wait = secondsFromNow(end["reschedule_date"]);
  assert(wait > 20 && wait <= 30, String(wait));
});

for (const [count, least, most] of [[0, 40, 100], [1, 90, 200], [5, 340, 350]] as const) {
  Deno.test(`sensor() backs off after ${count} reschedules`, async () => {
    const { end } = await runEnding("sensor_backs_off", {
      ti_context: { task_reschedule_count: count },
    });
    const wait = secondsFromNow(end["reschedule_date"]);
    assert(wait > least && wait <= most, String(wait));
  });
}

const ELEVEN_MINUTES_AGO = Temporal.Now.instant().subtract({ minutes: 11 });

Deno.test("sensor() counts its time from the first try: fails for good when it is over", async () => {
  const { end, last, requests } = await runEnding("sensor_times_out", {
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

Deno.test("sensor() skips when its time is over and softFail says so", async () => {
  const { end } = await runEnding("sensor_gives_up", {
    date: "2026-10-30",
    ti_context: {
      task_reschedule_count: 9,
      first_task_reschedule_start_date: ELEVEN_MINUTES_AGO,
    },
  });
  assertEquals(end["state"], "skipped");
});

Deno.test("sensor() asks Airflow for the time of the first try on the older schema date", async () => {
  const { requests } = await runEnding("sensor_times_out", {
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
    assertEquals((await runEnding(taskId)).state, state);
  });
}

Deno.test("sensor() in the process ends its wait on SIGTERM", async () => {
  const abort = new AbortController();
  const started = performance.now();
  const { requests } = await runEnding("sensor_stays_on", {
    signal: abort.signal,
    onLog: ({ event }) => event === "waiting" && abort.abort(),
  });
  assertEquals(requests.map(({ type }) => type), ["TaskState"]);
  assert(performance.now() - started < 3000, "it waited for the grace to pass");
});
