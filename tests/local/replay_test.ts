import { assert, assertEquals, assertFalse } from "@std/assert";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { type ReplayResult, replayRun } from "../../src/local/replay/replay.ts";
import { findDivergence } from "../../src/local/replay/replay_comparison.ts";
import { parseRecording } from "../../src/protocol/recording.ts";
import { taskCommand } from "../author_command.ts";
import { runTask } from "../runtime/run_task.ts";

const RECORDED = new URL("../runtime/testdata/recorded.ts", import.meta.url);
const AT = { recorded: 1_750_000_000_000, replayed: 1_790_000_000_000 };

/** Records a task, changes the recording with `change`, and replays it. */
async function recordAndReplay(
  taskId: string,
  options: Parameters<typeof runTask>[1] = {},
  change: (text: string) => string = (text) => text,
): Promise<ReplayResult> {
  await using folder = await TemporaryFolder.create();
  const file = `${folder.path}/run.jsonl`;
  const command = taskCommand(RECORDED);
  await runTask(taskId, { ...options, command, env: { AIRFLOW_TASK_RUNTIME_RECORD: file } });
  const [run] = parseRecording(change(await Deno.readTextFile(file)));
  assert(run !== undefined);
  return await replayRun(run, { command });
}

const WORLD = {
  connections: {
    warehouse: { conn_type: "postgres", password: "swordfish", extra: { token: "t" } },
  },
  variables: { api_key: "key-0815" },
  dags: { other: {} },
};

for (const task of ["secrets", "triggers", "sensor", "fails", "many"]) {
  Deno.test(`replayRun(): finds no difference in task ${task} except secrets, times and random ids`, async () => {
    const result = await recordAndReplay(task, { fixtures: WORLD });
    assertEquals([result.difference, result.isComplete], [null, true]);
    assert(result.volatile > 0, "the last message has a date at least");
  });
}

Deno.test("replayRun(): shifts the start of a sensor to be as long ago as recorded", async () => {
  const startDate = Temporal.Now.instant().subtract({ seconds: 250 });
  const options = { startDate, rescheduleCount: 2, firstRescheduleDate: startDate };
  const old = (text: string): string => text.replaceAll(/(20\d\d)-(\d\d-\d\dT)/g, "2024-$2");
  const result = await recordAndReplay("sensor", { ...options, date: "2026-10-30" }, old);
  assertEquals(result.difference, null);
});

Deno.test("replayRun(): compares the recorded part when a recording is incomplete", async () => {
  const first = (text: string): string => text.split("\n").slice(0, 6).join("\n") + '\n{"run":"';
  const result = await recordAndReplay("many", {}, first);
  assertEquals([result.difference, result.isComplete], [null, false]);
  assertEquals(result.compared, 2);
});

Deno.test("findDivergence(): returns the path of the first difference", () => {
  const find = (a: unknown, b: unknown): unknown => findDivergence(a, b, AT).divergence;
  assertEquals(find({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }), undefined);
  assertEquals(find({ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }), {
    path: "a[1].b",
    recorded: 2,
    replayed: 3,
  });
  assertEquals(find({ a: [1] }, { a: [1, 2] }), { path: "a[1]", recorded: undefined, replayed: 2 });
  assertEquals(find({ a: 1 }, {}), { path: "a", recorded: 1, replayed: undefined });
  assertEquals(find(2n ** 60n, 2n ** 60n), undefined);
  assertEquals(find(7n, 7), undefined);
  assertEquals(find(NaN, NaN), undefined);
  assertEquals(find(undefined, { type: "A" }), {
    path: "",
    recorded: undefined,
    replayed: { type: "A" },
  });
});

Deno.test("findDivergence(): ignores times that are as far from their messages", () => {
  const same = (a: unknown, b: unknown, field = "x"): boolean =>
    findDivergence({ [field]: a }, { [field]: b }, AT).divergence === undefined;
  const at = (ms: number): Temporal.Instant => Temporal.Instant.fromEpochMilliseconds(ms);
  assert(same(at(AT.recorded), at(AT.replayed + 900)));
  assert(same(at(AT.recorded + 3_600_000), at(AT.replayed + 3_601_000)));
  assertFalse(same(at(AT.recorded), at(AT.replayed + 60_000)));
  assertFalse(same(at(AT.recorded), at(AT.recorded + 6000)));
  assert(same(at(AT.recorded).toString(), at(AT.replayed).toString()));
  assert(same(AT.recorded / 1000, AT.replayed / 1000 + 1));
  assertFalse(same(1, 2));
  assert(same(at(AT.recorded), at(AT.replayed + 60_000), "end_date"));
  const ids = [crypto.randomUUID(), crypto.randomUUID()];
  assert(same(`id ${ids[0]}`, `id ${ids[1]}`));
  assert(same(`manual__${at(AT.recorded)}_0a1b2c3d`, `manual__${at(AT.replayed)}_99887766`));
  assertFalse(same("order_0a1b2c3d", "order_99887766"));
});
