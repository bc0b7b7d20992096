import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { authorCommand } from "../author_command.ts";
import { HandSupervisor } from "./hand_supervisor.ts";

const COMMAND = authorCommand(new URL("testdata/faults.ts", import.meta.url));

/** Airflow kills 5 s after its SIGTERM; a handler has 3 s of them. */
const KILL_SECONDS = 5;
const GRACE_SECONDS = 3;

/** Starts a task, waits for its first log line, and ends it as Airflow does. */
async function terminated(
  taskId: string,
  retries: number,
): Promise<{ supervisor: HandSupervisor; log: Promise<string>; since: number }> {
  const supervisor = await HandSupervisor.start(COMMAND);
  await supervisor.startTask(taskId, { retries });
  assert(await supervisor.logs.read() !== null);
  supervisor.kill("SIGTERM");
  return { supervisor, log: supervisor.logs.readText(), since: performance.now() };
}

function secondsSince(since: number): number {
  return (performance.now() - since) / 1000;
}

Deno.test("SIGTERM: a handler that listens to its signal ends at once, for the next try", async () => {
  const { supervisor, log, since } = await terminated("listens", 1);
  await using _ = supervisor;
  const [id, body] = await supervisor.receive();
  assertEquals(body["type"], "RetryTask");
  assertStringIncludes(String(body["retry_reason"]), "Airflow ended the task (SIGTERM)");
  await supervisor.reply(id);
  const { code, signal, stdout } = await supervisor.ended;
  assertEquals([code, signal, stdout], [0, null, ""]);
  assert(secondsSince(since) < GRACE_SECONDS);
  assertStringIncludes(await log, "tidied up");
  assertEquals(await supervisor.comm.read(), null, "one terminal frame, and no other");
});

Deno.test("SIGTERM: a handler on its last try fails", async () => {
  const { supervisor, log } = await terminated("listens", 0);
  await using _ = supervisor;
  const [id, body] = await supervisor.receive();
  assertEquals([body["type"], body["state"]], ["TaskState", "failed"]);
  await supervisor.reply(id);
  assertEquals((await supervisor.ended).code, 0);
  await log;
});

Deno.test("SIGTERM: a handler that returns in time succeeds", async () => {
  const { supervisor, log } = await terminated("listens_and_returns", 1);
  await using _ = supervisor;
  const types: unknown[] = [];
  while (types.at(-1) !== "SucceedTask") {
    const [id, { type }] = await supervisor.receive();
    types.push(type);
    await supervisor.reply(id);
  }
  assertEquals(types, ["SetXCom", "SucceedTask"]);
  assertEquals((await supervisor.ended).code, 0);
  await log;
});

Deno.test("SIGTERM: a handler that ignores it ends before Airflow kills, and its log arrives", async () => {
  const { supervisor, log, since } = await terminated("ignores", 1);
  await using _ = supervisor;
  const [id, { type }] = await supervisor.receive();
  assertEquals(type, "RetryTask");
  await supervisor.reply(id);
  const { code, signal } = await supervisor.ended;
  assertEquals([code, signal], [0, null]);
  assert(secondsSince(since) < KILL_SECONDS);
  const lines = (await log).trimEnd().split("\n").map((line) => JSON.parse(line).event);
  const own = lines.filter((event) => event.startsWith("still at it"));
  assertEquals([own.length, own.at(-1)], [1000, "still at it 999"]);
  assertEquals(lines.at(-1), "Task failed, to be retried");
  assertEquals(await supervisor.comm.read(), null, "one terminal frame, and no other");
});

Deno.test("SIGTERM before the first frame ends the process at once, with nothing said", async () => {
  await using supervisor = await HandSupervisor.start(COMMAND);
  supervisor.kill("SIGTERM");
  const { signal, stdout } = await supervisor.ended;
  assertEquals([signal, stdout], ["SIGTERM", ""]);
  assertEquals(await supervisor.comm.read(), null);
});

Deno.test("SIGTERM again changes nothing for a handler that is tidying up", async () => {
  const { supervisor, log } = await terminated("listens", 1);
  await using _ = supervisor;
  const [id, { type }] = await supervisor.receive();
  supervisor.kill("SIGTERM");
  assertEquals(type, "RetryTask");
  await supervisor.reply(id);
  const { code, signal } = await supervisor.ended;
  assertEquals([code, signal], [0, null]);
  await log;
});

Deno.test("SIGTERM: a request that is never answered does not hold up the last frame", async () => {
  await using supervisor = await HandSupervisor.start(COMMAND);
  await supervisor.startTask("asks_for_ever", { retries: 1 });
  assertEquals((await supervisor.receive())[1]["type"], "GetVariable");
  supervisor.kill("SIGTERM");
  const since = performance.now();
  const [id, { type }] = await supervisor.receive();
  assertEquals(type, "RetryTask");
  await supervisor.reply(id);
  assertEquals((await supervisor.ended).code, 0);
  assert(secondsSince(since) < KILL_SECONDS);
});
