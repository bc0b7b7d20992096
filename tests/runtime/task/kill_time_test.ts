import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { KillTime } from "../../../src/runtime/task/kill_time.ts";

const SETTING = "AIRFLOW__CORE__KILLED_TASK_CLEANUP_TIME";

/** Runs `test` where a worker has the setting, and gives what it gives. */
function withSetting<T>(value: string, test: () => T): T {
  const before = Deno.env.get(SETTING);
  Deno.env.set(SETTING, value);
  try {
    return test();
  } finally {
    if (before === undefined) Deno.env.delete(SETTING);
    else Deno.env.set(SETTING, before);
  }
}

Deno.test("KillTime: takes more than five seconds only from an Airflow that obeys the setting", () => {
  const graces = (setting: string): number[] =>
    withSetting(setting, () => [
      new KillTime("2026-06-16").graceSeconds,
      new KillTime("2026-10-30").graceSeconds,
    ]);
  assertEquals(["1", "60", "no number", "-1"].map(graces), [
    [0.6, 0.6],
    [3, 36],
    [3, 3],
    [3, 3],
  ]);
});

Deno.test("KillTime: gives a handler three seconds after its execution timeout, or less", () => {
  const graces = ["1", "5", "60"].map((setting) =>
    withSetting(setting, () => new KillTime("2026-10-30").timeoutGraceSeconds)
  );
  assertEquals(graces, [0.6, 3, 3]);
});

Deno.test("KillTime: is at most the longest delay of a timer", () => {
  const killTime = withSetting("9999999", () => new KillTime("2026-10-30"));
  assert(killTime.lastSeconds * 1000 < 2 ** 31, `${killTime.lastSeconds} s`);
  assert(killTime.graceSeconds > 24 * 3600, `${killTime.graceSeconds} s`);
});

Deno.test("KillTime: divides the time that is left since SIGTERM", () => {
  let milliseconds = 1000;
  const { now } = performance;
  performance.now = () => milliseconds;
  try {
    const killTime = withSetting("1", () => new KillTime("2026-06-16"));
    const left = (): number[] => [killTime.hurriedSeconds, killTime.lastSeconds];
    assertEquals([left(), killTime.hurry.aborted], [[0.1, 0.8], false]);
    killTime.start("SIGTERM");
    assertEquals([left(), killTime.hurry.reason], [[0.1, 0.8], "SIGTERM"]);
    for (
      const [since, hurried, last] of [[500, 0.1, 0.3], [650, 0.05, 0.15], [
        900,
        0.02,
        0.1,
      ]] as const
    ) {
      milliseconds = 1000 + since;
      killTime.start("SIGTERM again");
      assertAlmostEquals(killTime.hurriedSeconds, hurried, 1e-6);
      assertAlmostEquals(killTime.lastSeconds, last, 1e-6);
    }
  } finally {
    performance.now = now;
  }
});
