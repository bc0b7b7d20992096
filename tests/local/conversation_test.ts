import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { connectionOf } from "../../src/local/fixtures/connection.ts";
import { MemoryStore } from "../../src/local/store/store.ts";
import { startupDetails } from "../../src/local/supervisor/startup_details.ts";
import type { SupervisorOptions } from "../../src/local/supervisor/supervisor.ts";
import { LocalSupervisor } from "./testdata/local_supervisor.ts";
import { encodeFrame } from "../../src/wire/encoder.ts";
import { Peer, succeed } from "./testdata/peer.ts";

const STARTUP = startupDetails({ dagId: "etl", taskId: "extract", runId: "run", retries: 1 });
const ADDRESS = { dag_id: "etl", run_id: "run", task_id: "extract" };

/** A supervisor and a peer that has read its first frame. */
async function meet(
  options: Partial<SupervisorOptions> = {},
): Promise<{ supervisor: LocalSupervisor; peer: Peer }> {
  const supervisor = new LocalSupervisor({
    startup: STARTUP,
    store: new MemoryStore(),
    ...options,
  });
  const peer = await Peer.connect(supervisor.comm, supervisor.logs);
  assertEquals((await peer.receive())?.id, 0);
  return { supervisor, peer };
}

Deno.test("supervise(): sends StartupDetails first, with id 0", async () => {
  await using supervisor = new LocalSupervisor({ startup: STARTUP, store: new MemoryStore() });
  using peer = await Peer.connect(supervisor.comm, supervisor.logs);
  const first = await peer.receive();
  assertEquals([first?.id, first?.error], [0, null]);
  assertEquals(first?.body?.["type"], "StartupDetails");
  assert(first?.body?.["start_date"] instanceof Temporal.Instant);
});

Deno.test("supervise(): ends the run when the peer closes its connections", async () => {
  const { supervisor, peer } = await meet();
  assertEquals(await peer.request(succeed()), { id: 1, body: null, error: null });
  await peer.log({ level: "info", event: "last", rows: 3 });
  peer[Symbol.dispose]();
  const run = await supervisor.run;
  assertEquals([run.state, run.exitCode, run.connected], ["success", 0, true]);
  assertEquals(run.log.map(({ event, fields }) => [event, fields]), [["last", { rows: 3 }]]);
});

Deno.test("supervise(): answers in order with the ids of requests, large and repeated ones too", async () => {
  const { supervisor, peer } = await meet();
  const ids = [5, 2 ** 31, 5, 0, 2 ** 40];
  for (const id of ids) await peer.send({ type: "GetVariable", key: `v${id}` }, id);
  const replies = [];
  for (const _ of ids) replies.push(await peer.receive());
  assertEquals(replies.map((reply) => reply?.id), ids);
  peer[Symbol.dispose]();
  await supervisor.run;
});

Deno.test("supervise(): sends not found in the body slot and API failures in the error slot", async () => {
  const { supervisor, peer } = await meet();
  const missing = await peer.request({ type: "GetConnection", conn_id: "warehouse" });
  assertEquals(missing, {
    id: 1,
    body: {
      error: "CONNECTION_NOT_FOUND",
      detail: { conn_id: "warehouse" },
      type: "ErrorResponse",
    },
    error: null,
  });
  const run = await peer.request({ type: "GetDagRunState", dag_id: "etl", run_id: "none" });
  assertEquals(run?.body, null);
  assertEquals(run?.error?.["error"], "API_SERVER_ERROR");
  assertEquals(Object(run?.error?.["detail"]).status_code, 404);
  const refused = await peer.request({ type: "GetHITLDetailResponse", ti_id: STARTUP.ti.id });
  assertEquals(refused?.error?.["detail"], { status_code: 400, message: "Unhandled request" });
  peer[Symbol.dispose]();
  const kinds = (await supervisor.run).requests.map((request) => request.answered);
  assertEquals(kinds, ["not-found", "error", "error"]);
});

Deno.test("supervise(): leaves an invalid request unanswered and continues", async () => {
  const { supervisor, peer } = await meet();
  const invalid: unknown[] = [
    null,
    { type: "Nonsense" },
    { type: "GetVariable" },
    { type: "GetVariable", key: 5 },
    { ...succeed(), extra: 1 },
    { type: "SetXCom", key: "k", value: new Date(), ...ADDRESS },
  ];
  for (const body of invalid) await peer.send(body);
  assertEquals((await peer.request({ type: "GetVariableKeys" }))?.id, invalid.length + 1);
  peer[Symbol.dispose]();
  const run = await supervisor.run;
  assertEquals(
    run.requests.map((request) => request.answered),
    [...invalid.map(() => "none"), "result"],
  );
  assertEquals(run.log.filter((record) => record.source === "supervisor").length, invalid.length);
});

Deno.test("supervise(): keeps the trace context of a request", async () => {
  const { supervisor, peer } = await meet();
  await peer.write(encodeFrame([9, { type: "GetVariableKeys" }, { traceparent: "00-a-b-01" }]));
  assertEquals((await peer.receive())?.id, 9);
  peer[Symbol.dispose]();
  assertEquals((await supervisor.run).requests[0]?.carrier, { traceparent: "00-a-b-01" });
});

Deno.test("supervise(): reads frames that arrive byte by byte or many at once", async () => {
  const { supervisor, peer } = await meet();
  for (const byte of encodeFrame([1, { type: "GetVariableKeys" }])) {
    await peer.write(new Uint8Array([byte]));
  }
  assertEquals((await peer.receive())?.id, 1);
  const frames = [2, 3, 4].flatMap((id) => [...encodeFrame([id, { type: "GetVariableKeys" }])]);
  await peer.write(new Uint8Array(frames));
  assertEquals([await peer.receive(), await peer.receive(), await peer.receive()].length, 3);
  peer[Symbol.dispose]();
  assertEquals((await supervisor.run).requests.map((request) => request.id), [1, 2, 3, 4]);
});

Deno.test("supervise(): leaves a request unanswered or closes when a test injects that", async () => {
  const instead = ["none", undefined, "close"] as const;
  let requests = 0;
  const { supervisor, peer } = await meet({
    faults: () => {
      const fault = instead[requests++];
      return fault === undefined ? undefined : { instead: fault };
    },
  });
  await peer.send({ type: "GetVariable", key: "since" });
  assertEquals((await peer.request({ type: "GetVariableKeys" }))?.id, 2);
  assertEquals(await peer.request({ type: "GetVariableKeys" }), undefined);
  peer[Symbol.dispose]();
  assertEquals((await supervisor.run).requests.map(({ answered }) => answered), [
    "none",
    "result",
    "none",
  ]);
});

Deno.test("supervise(): delays replies when a test injects that, and stops when disposed", async () => {
  const { supervisor, peer } = await meet({ faults: () => ({ delaySeconds: 0.05 }) });
  const started = performance.now();
  await peer.request({ type: "GetVariableKeys" });
  assert(performance.now() - started >= 45);
  await supervisor[Symbol.asyncDispose]();
  assertEquals(await peer.receive(), undefined);
  peer[Symbol.dispose]();
  assertStringIncludes((await supervisor.run).reason, "aborted");
});

Deno.test("supervise(): masks secrets that a task has read or registered", async () => {
  const store = new MemoryStore();
  const uri = "postgres://me:s3cr3t-pw@db/x?api_token=t0ken-value&region=eu-north";
  store.setConnection(connectionOf("warehouse", uri, "test"));
  store.setVariable("db_password", "var-s3cret");
  store.setVariable("region", "eu-north-1");
  const { supervisor, peer } = await meet({ store });
  await peer.request({ type: "GetConnection", conn_id: "warehouse" });
  await peer.request({ type: "GetVariable", key: "db_password" });
  await peer.request({ type: "GetVariable", key: "region" });
  await peer.request({ type: "MaskSecret", value: { list: ["nothing"], password: "masked-one" } });
  await peer.request({ type: "MaskSecret", value: "plain-secret" });
  await peer.log({
    level: "info",
    event: "s3cr3t-pw t0ken-value var-s3cret eu-north-1 masked-one plain-secret",
    nested: { deep: ["with s3cr3t-pw inside"] },
    password: "whatever",
    exception: [{ exc_type: "E", exc_value: "plain-secret", frames: [] }],
  });
  peer[Symbol.dispose]();
  const { log } = await supervisor.run;
  assertEquals(log[0]?.event, "*** *** *** eu-north-1 *** ***");
  assertEquals(log[0]?.fields, { nested: { deep: ["with *** inside"] }, password: "***" });
  assertEquals(log[0]?.exception, [{ exc_type: "E", exc_value: "***", frames: [] }]);
});

Deno.test("supervise(): fails the run when a log line would crash Airflow", async () => {
  const { supervisor, peer } = await meet();
  await peer.log({ level: "info", event: "hello", msg: "mine" });
  await peer.request(succeed());
  peer[Symbol.dispose]();
  const run = await supervisor.run;
  assertEquals(run.state, "failed");
  assertEquals(run.reason, "Airflow's supervisor would fail here: field msg");
  assertStringIncludes(String(run.log[0]?.fields["line"]), '"msg":"mine"');
});

Deno.test("supervise(): reads split, long and unfinished log lines", async () => {
  const { supervisor, peer } = await meet();
  const long = "x".repeat(20_000);
  await peer.log('{"level":"info","eve');
  await peer.log(`nt":"split"}\n{"level":"debug","event":"${long}"}\n`);
  await peer.log('{"level":"error","event":"a\\nb"}');
  peer[Symbol.dispose]();
  const events = (await supervisor.run).log.map(({ level, event }) => [level, event]);
  assertEquals(events, [["info", "split"], ["debug", long], ["error", "a\nb"]]);
});

for (
  const [what, bytes] of [
    ["of length zero", [0, 0, 0, 0]],
    ["with a map", [0, 0, 0, 1, 0x80]],
    ["with invalid msgpack", [0, 0, 0, 1, 0xc1]],
    ["with invalid UTF-8", [0, 0, 0, 4, 0x92, 0x01, 0xa1, 0xff]],
  ] as const
) {
  Deno.test(`supervise(): fails the run on a frame ${what}`, async () => {
    const { supervisor, peer } = await meet();
    await peer.write(new Uint8Array(bytes));
    assertEquals(await peer.receive(), undefined);
    peer[Symbol.dispose]();
    const run = await supervisor.run;
    assertStringIncludes(run.reason, "Airflow's supervisor would fail here");
  });
}

Deno.test("supervise(): fails the run when no peer connects", async () => {
  await using supervisor = new LocalSupervisor({
    startup: STARTUP,
    store: new MemoryStore(),
    startupTimeoutSeconds: 0.05,
  });
  const run = await supervisor.run;
  assertEquals([run.state, run.connected], ["failed", false]);
});

Deno.test("supervise(): keeps integers beyond 32 bits exact in both directions", async () => {
  const { supervisor, peer } = await meet();
  const value = { small: 1, epoch: 1_767_225_600_123, negative: -(2 ** 40), half: 0.5, text: "é" };
  await peer.request({ type: "SetXCom", key: "k", value, ...ADDRESS });
  const reply = await peer.request({ type: "GetXCom", key: "k", ...ADDRESS });
  assertEquals(reply?.body, { key: "k", value, type: "XComResult" });
  peer[Symbol.dispose]();
  await supervisor.run;
});
