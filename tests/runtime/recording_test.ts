import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { parseRecording, type RecordedRun } from "../../src/protocol/recording.ts";
import { Recorder } from "../../src/runtime/recording/recorder.ts";
import { encodeFrame } from "../../src/wire/encoder.ts";
import { authorCommand } from "../author_command.ts";
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

Deno.test("a recording: contains the frames of both directions and the log, and no secret", async () => {
  await using folder = await TemporaryFolder.create();
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

Deno.test("a recording to a folder: is one file for each run, named by the task", async () => {
  await using folder = await TemporaryFolder.create();
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

Deno.test("a recording: is appended to the file when several runs share it", async () => {
  await using folder = await TemporaryFolder.create();
  const file = `${folder.path}/run.jsonl`;
  await Promise.all([record("many", file), record("many", file), record("fails", file)]);
  const runs = parseRecording(await Deno.readTextFile(file));
  assertEquals(runs.map(({ requests }) => requests.length).sort((a, b) => a - b), [2, 23, 23]);
  assert(runs.every(({ isComplete }) => isComplete));
});

Deno.test("a recording: does not fail the task when the file cannot be written", async () => {
  const ran = await record("many", "/nowhere/at/all/run.jsonl");
  assertEquals(ran.state, "success", ran.reason);
  assertStringIncludes(ran.stderr.join("\n"), "Cannot record to /nowhere/at/all/run.jsonl: ");
});

Deno.test("a recording: is not made without the setting", async () => {
  await using folder = await TemporaryFolder.create();
  assertEquals((await record("many", "")).state, "success");
  assertEquals([...Deno.readDirSync(folder.path)], []);
});

/** Returns a recorder that has recorded the first frame, and a function that sends further bytes. */
async function recorderTo(
  path: string,
  { maxBytes, first = startFrame("many") }: { maxBytes?: number; first?: Uint8Array } = {},
): Promise<{ recorder: Recorder; sends: (bytes: Uint8Array) => Promise<unknown> }> {
  const recorder = new Recorder(path, maxBytes === undefined ? {} : { maxBytes });
  const comm = recorder.comm({
    read: (buffer) => {
      buffer.set(first);
      return Promise.resolve(first.length);
    },
    write: (bytes) => Promise.resolve(bytes.length),
    close: () => {},
  });
  await comm.read(new Uint8Array(10_000));
  return { recorder, sends: (bytes) => comm.write(bytes) };
}

Deno.test("a recording: ends with a mark at its size limit", async () => {
  await using folder = await TemporaryFolder.create();
  const file = `${folder.path}/run.jsonl`;
  const { recorder, sends } = await recorderTo(file, { maxBytes: 4000 });
  for (let id = 1; id <= 100; id++) {
    await sends(encodeFrame([id, { type: "GetVariable", key: "x".repeat(100) }]));
  }
  recorder.finish(0);
  const text = await Deno.readTextFile(file);
  assert(text.length < 4200, `${text.length}`);
  const last = JSON.parse(text.trimEnd().split("\n").at(-1) ?? "");
  assertEquals([last.kind, last.reason], ["cut", "more than 4000 bytes"]);
  assertFalse(only(parseRecording(text)).isComplete);
});

const LATE = "registered-late";
const PUSH = encodeFrame([1, { type: "GetVariable", key: `a ${LATE}` }]);
const REGISTER = encodeFrame([2, { type: "MaskSecret", value: LATE }]);
const LONG = encodeFrame([1, { type: "GetVariable", key: "x".repeat(9000) }]);
const NO_FRAME = Uint8Array.of(0, 0, 0, 1, 0xc1);

const SENT = ["start", "received", "sent"];
const STATES: { when: string; after: Uint8Array[]; kinds: string[]; maxBytes?: number }[] = [
  { when: "while the run continues", after: [REGISTER, PUSH], kinds: [...SENT, "sent", "sent"] },
  { when: "at its size limit", after: [LONG, REGISTER], kinds: [...SENT, "cut"], maxBytes: 9000 },
  { when: "after an invalid frame", after: [NO_FRAME, REGISTER], kinds: SENT },
];

for (const { when, after, kinds, ...options } of STATES) {
  Deno.test(`a recording: drops a secret that is registered late, ${when}`, async () => {
    await using folder = await TemporaryFolder.create();
    const file = `${folder.path}/run.jsonl`;
    await Deno.writeTextFile(file, "of another run\n");
    const { recorder, sends } = await recorderTo(file, options);
    try {
      await sends(PUSH);
      assertStringIncludes(await Deno.readTextFile(file), LATE);
      for (const bytes of after) await sends(bytes);
      const [other, ...lines] = (await Deno.readTextFile(file)).trimEnd().split("\n");
      assertEquals(other, "of another run");
      assertFalse(lines.join().includes(LATE), lines.join());
      assertEquals(lines.map((line) => JSON.parse(line).kind), kinds);
    } finally {
      recorder.finish(0);
    }
  });
}

Deno.test("a recording: is not made when the path is a named pipe", async () => {
  await using folder = await TemporaryFolder.create();
  const pipe = `${folder.path}/pipe`;
  new Deno.Command("mkfifo", { args: [pipe] }).outputSync();
  const ran = await record("many", pipe);
  assertEquals(ran.state, "success", ran.reason);
  assertEquals(ran.stderr, [`Cannot record to ${pipe}: it is a pipe`]);
});

Deno.test("a recording to a folder: has a valid name when the ids are long", async () => {
  await using folder = await TemporaryFolder.create();
  const first = startFrame("ü".repeat(250), { dagId: "d/".repeat(125) });
  const { recorder } = await recorderTo(folder.path, { first });
  recorder.finish(0);
  const [name = ""] = Array.from(Deno.readDirSync(folder.path), ({ name }) => name);
  assert(/^(d_){45}__ü{45}__try1__\d{8}T\d{6}Z__[\da-f]{8}\.jsonl$/.test(name), name);
});
