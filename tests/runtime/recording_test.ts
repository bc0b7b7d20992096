import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { parseRecording, type RecordedRun } from "../../src/protocol/recording.ts";
import { Recorder } from "../../src/runtime/recorder.ts";
import { encodeFrame } from "../../src/wire/encoder.ts";
import { authorCommand } from "../author_command.ts";
import { Folder } from "../cli/packed.ts";
import { startFrame } from "./hand_supervisor.ts";
import { type Ran, runTask } from "./run_task.ts";

const RECORDED = new URL("./testdata/recorded.ts", import.meta.url);
const FIXTURES = {
  connections: {
    warehouse: {
      conn_type: "postgres",
      password: "swordfish",
      extra: { token: "extra-token", region: "eu" },
    },
  },
  variables: { api_key: "key-0815" },
  dags: { other: {} },
  params: { mode: "full", db_password: "conf-secret" },
};
const SECRETS = [
  "swordfish",
  "extra-token",
  "key-0815",
  "tok-1234567",
  "xcom-secret",
  "late-secret",
  "conf-secret",
];

/** Runs a task of testdata/recorded.ts with the setting at `path`. */
async function record(taskId: string, path: string): Promise<Ran> {
  return await runTask(taskId, {
    command: authorCommand(RECORDED),
    env: { AIRFLOW_TASK_RUNTIME_RECORD: path },
    fixtures: FIXTURES,
    conf: FIXTURES.params,
  });
}

function only(runs: readonly RecordedRun[]): RecordedRun {
  const [run] = runs;
  assert(run !== undefined && runs.length === 1, `${runs.length} runs`);
  return run;
}

Deno.test("a recording has the frames of both directions and the log, and no secret", async () => {
  await using folder = await Folder.make();
  const file = `${folder.path}/run.jsonl`;
  const ran = await record("secrets", file);
  assertEquals(ran.state, "success", ran.reason);
  const text = await Deno.readTextFile(file);
  for (const secret of SECRETS) assertFalse(text.includes(secret), `${secret} in ${text}`);
  const run = only(parseRecording(text));
  assert(run.isComplete);
  assertEquals(run.first?.["type"], "StartupDetails");
  assertEquals(
    run.requests.map(({ request }) => request.body?.["type"]),
    ran.requests.map(({ type }) => type),
  );
  assert(run.requests.every(({ reply }) => reply !== undefined));
  assertEquals(run.requests[0]?.reply?.body?.["extra"], '{"token":"***","region":"***"}');
  const events = text.split("\n").filter((line) => line.includes('"kind":"log"'))
    .map((line) => JSON.parse(line).line.event);
  assertEquals(events, [
    "early-*** is not known yet as ***",
    "password *** key ***",
    "*** again",
  ]);
  assertEquals(((await Deno.stat(file)).mode ?? 0) & 0o777, 0o600);
});

Deno.test("a recording to a folder is a file of its own for each run, named by the task", async () => {
  await using folder = await Folder.make();
  await record("fails", folder.path);
  await record("fails", `${folder.path}/`);
  const names = Array.from(Deno.readDirSync(folder.path), ({ name }) => name);
  assertEquals(names.length, 2);
  for (const name of names) {
    assert(/^runtime__fails__try1__\d{8}T\d{6}Z__[\da-f]{8}\.jsonl$/.test(name), name);
    const { requests } = only(parseRecording(await Deno.readTextFile(`${folder.path}/${name}`)));
    assertEquals(requests[0]?.reply?.body?.["error"], "VARIABLE_NOT_FOUND");
  }
});

Deno.test("a file takes the recordings of several runs, at once too", async () => {
  await using folder = await Folder.make();
  const file = `${folder.path}/run.jsonl`;
  await Promise.all([record("many", file), record("many", file), record("fails", file)]);
  const runs = parseRecording(await Deno.readTextFile(file));
  assertEquals(runs.map(({ requests }) => requests.length).sort((a, b) => a - b), [2, 23, 23]);
  assert(runs.every(({ isComplete }) => isComplete));
});

Deno.test("what cannot be recorded does not stand in the way of the task", async () => {
  const ran = await record("many", "/nowhere/at/all/run.jsonl");
  assertEquals(ran.state, "success", ran.reason);
  assertStringIncludes(ran.stderr.join("\n"), "Cannot record to /nowhere/at/all/run.jsonl: ");
});

Deno.test("without the setting nothing is recorded", async () => {
  await using folder = await Folder.make();
  assertEquals((await record("many", "")).state, "success");
  assertEquals([...Deno.readDirSync(folder.path)], []);
});

Deno.test("a recording ends with a mark at its longest", async () => {
  await using folder = await Folder.make();
  const file = `${folder.path}/run.jsonl`;
  const recorder = new Recorder(file, { maxBytes: 4000 });
  const sent: Uint8Array[] = [startFrame("many")];
  const comm = recorder.comm({
    read: (buffer) => {
      const bytes = sent.shift();
      if (bytes === undefined) return Promise.resolve(null);
      buffer.set(bytes);
      return Promise.resolve(bytes.length);
    },
    write: (bytes) => Promise.resolve(bytes.length),
    close: () => {},
  });
  await comm.read(new Uint8Array(10_000));
  for (let id = 1; id <= 100; id++) {
    await comm.write(encodeFrame([id, { type: "GetVariable", key: "x".repeat(100) }]));
  }
  recorder.finish(0);
  const text = await Deno.readTextFile(file);
  assert(text.length < 4200, `${text.length}`);
  const last = JSON.parse(text.trimEnd().split("\n").at(-1) ?? "");
  assertEquals([last.kind, last.reason], ["cut", "more than 4000 bytes"]);
  assertFalse(only(parseRecording(text)).isComplete);
});
