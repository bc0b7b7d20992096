import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { launchedCommand } from "../author_command.ts";
import { HandSupervisor } from "../runtime/hand_supervisor.ts";
import { COMMAND, eventsOf, KILLED_SOON, secondsSince, startTask, UNCONFINED } from "./faulty.ts";

/** The times after SIGTERM with KILLED_SOON: Airflow's kill, and the handler's grace period. */
const KILL_SECONDS = 2.5;
const GRACE_SECONDS = 0.6 * KILL_SECONDS;

/** Starts a task, waits for its first log line, and sends it SIGTERM as Airflow does. */
async function terminated(
  taskId: string,
  retries: number,
): Promise<{ supervisor: HandSupervisor; log: Promise<string>; since: number }> {
  const supervisor = await startTask(taskId, { retries, env: KILLED_SOON });
  assert(await supervisor.logs.read() !== null);
  supervisor.kill("SIGTERM");
  return { supervisor, log: supervisor.logs.readText(), since: performance.now() };
}

Deno.test("SIGTERM: reports a retry at once when the handler heeds its signal [fault.sigterm-heeded]", async () => {
  const { supervisor, log, since } = await terminated("listens", 1);
  await using _ = supervisor;
  const [id, body] = await supervisor.receive();
  assertEquals(body["type"], "RetryTask");
  assertStringIncludes(String(body["retry_reason"]), "Airflow terminated it (SIGTERM)");
  await supervisor.reply(id);
  const { code, signal, stdout } = await supervisor.ended;
  assertEquals([code, signal, stdout], [0, null, ""]);
  assert(secondsSince(since) < GRACE_SECONDS);
  assertStringIncludes(await log, "tidied up");
  assertEquals(await supervisor.comm.read(), null, "one terminal frame, and no other");
});

Deno.test("SIGTERM: reports failed on the last try [fault.sigterm-last-try]", async () => {
  const { supervisor, log } = await terminated("listens", 0);
  await using _ = supervisor;
  const [id, body] = await supervisor.receive();
  assertEquals([body["type"], body["state"]], ["TaskState", "failed"]);
  await supervisor.reply(id);
  assertEquals((await supervisor.ended).code, 0);
  await log;
});

Deno.test("SIGTERM: reports success when the handler returns in time [fault.sigterm-returns]", async () => {
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

Deno.test("SIGTERM: reports a retry and delivers the log when the handler ignores it [fault.sigterm-ignored]", async () => {
  const { supervisor, log, since } = await terminated("ignores", 1);
  await using _ = supervisor;
  const [id, { type }] = await supervisor.receive();
  assertEquals(type, "RetryTask");
  await supervisor.reply(id);
  const { code, signal } = await supervisor.ended;
  assertEquals([code, signal], [0, null]);
  assert(secondsSince(since) < KILL_SECONDS);
  const events = eventsOf(await log);
  const own = events.filter((event) => event.startsWith("still at it"));
  assertEquals([own.length, own.at(-1)], [1000, "still at it 999"]);
  assertStringIncludes(String(events.at(-1)), "Task failed, to be retried");
  assertEquals(await supervisor.comm.read(), null, "one terminal frame, and no other");
});

Deno.test("SIGTERM: reports failed before the kill when the handler never settles [fault.sigterm-never-settles]", async () => {
  const { supervisor, log, since } = await terminated("never_settles", 0);
  await using _ = supervisor;
  const [id, { type }] = await supervisor.receive();
  assertEquals(type, "TaskState");
  await supervisor.reply(id);
  assertEquals((await supervisor.ended).code, 0);
  assert(secondsSince(since) < KILL_SECONDS);
  await log;
});

Deno.test("SIGTERM: terminates the process at once when it arrives before StartupDetails [fault.sigterm-before-start]", async () => {
  await using supervisor = await HandSupervisor.start(COMMAND);
  supervisor.kill("SIGTERM");
  const { signal, stdout } = await supervisor.ended;
  assertEquals([signal, stdout], ["SIGTERM", ""]);
  assertEquals(await supervisor.comm.read(), null);
});

Deno.test("SIGTERM: is ignored the second time [fault.sigterm-twice]", async () => {
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

Deno.test("SIGTERM: sends the last frame when a request is never answered [fault.sigterm-in-request]", async () => {
  await using supervisor = await startTask("asks", { retries: 1, env: KILLED_SOON });
  assertEquals((await supervisor.receive())[1]["type"], "GetVariable");
  supervisor.kill("SIGTERM");
  const since = performance.now();
  const [id, { type }] = await supervisor.receive();
  assertEquals(type, "RetryTask");
  await supervisor.reply(id);
  assertEquals((await supervisor.ended).code, 0);
  assert(secondsSince(since) < KILL_SECONDS);
});

Deno.test("SIGTERM: abandons pending requests and reports success after the handler returned [fault.sigterm-after-return]", async () => {
  await using supervisor = await startTask("asks_and_leaves", { env: KILLED_SOON });
  assertEquals((await supervisor.receive())[1]["type"], "GetVariable");
  supervisor.kill("SIGTERM");
  const since = performance.now();
  const [id, { type }] = await supervisor.receive();
  assertEquals(type, "SucceedTask");
  await supervisor.reply(id);
  const [log, { code }] = await Promise.all([supervisor.logs.readText(), supervisor.ended]);
  assertEquals(code, 0);
  assert(secondsSince(since) < KILL_SECONDS);
  assertStringIncludes(eventsOf(log).join(), "did not await: no reply came in time");
});

for (
  const [when, task, asked, xcomKeysToClear] of [
    ["before the handler", "succeeds", "DeleteXCom", ["rows"]],
    ["with the result", "returns", "SetXCom", []],
    ["of the terminal state", "looks_again", "GetTaskRescheduleStartDate", []],
  ] as const
) {
  Deno.test(`SIGTERM: abandons a request ${when} that is never answered [fault.sigterm-in-own-request]`, async () => {
    const options = { retries: 1, xcomKeysToClear, rescheduleCount: 1, env: KILLED_SOON };
    await using supervisor = await startTask(task, options);
    assertEquals((await supervisor.receive())[1]["type"], asked);
    supervisor.kill("SIGTERM");
    const since = performance.now();
    const [id, { type }] = await supervisor.receive();
    assertEquals(type, "RetryTask");
    await supervisor.reply(id);
    const [log, { code }] = await Promise.all([supervisor.logs.readText(), supervisor.ended]);
    assertEquals([code, secondsSince(since) < KILL_SECONDS], [0, true]);
    assertEquals(eventsOf(log).map((event) => event.split(":")[0]), ["Task failed, to be retried"]);
  });
}

Deno.test("SIGTERM: exits with 1 before the kill when a bundle failed to load and has no last reply [fault.sigterm-after-failed-load]", async () => {
  const module = new URL("../runtime/testdata/throws_while_loading.mjs", import.meta.url);
  await using supervisor = await HandSupervisor.start(launchedCommand(module), {
    env: KILLED_SOON,
  });
  await supervisor.startTask("works", { retries: 1 });
  assertEquals((await supervisor.receive())[1]["type"], "RetryTask");
  supervisor.kill("SIGTERM");
  const since = performance.now();
  const { code, signal } = await supervisor.ended;
  assertEquals([code, signal], [1, null]);
  assert(secondsSince(since) < KILL_SECONDS);
});

Deno.test("SIGTERM: exits with 1 before the kill when the last reply never arrives [fault.sigterm-before-last-reply]", async () => {
  await using supervisor = await startTask("succeeds", { env: KILLED_SOON });
  assertEquals((await supervisor.receive())[1]["type"], "SucceedTask");
  supervisor.kill("SIGTERM");
  const since = performance.now();
  const [log, { code }] = await Promise.all([supervisor.logs.readText(), supervisor.ended]);
  assertEquals(code, 1);
  assert(secondsSince(since) < KILL_SECONDS);
  assertEquals(eventsOf(log), [
    "Cannot continue: Cannot wait for the reply to SucceedTask: aborted",
  ]);
});

Deno.test("SIGTERM: exits with 1 before the kill when neither handler nor last reply settles [fault.sigterm-never-settles-no-reply]", async () => {
  const { supervisor, log, since } = await terminated("never_settles", 1);
  await using _ = supervisor;
  assertEquals((await supervisor.receive())[1]["type"], "RetryTask");
  assertEquals((await supervisor.ended).code, 1);
  // With room for a busy machine: by the sum of all waits it would be 1.4 s.
  assert(secondsSince(since) < 1.2 * KILL_SECONDS, `${secondsSince(since)} s`);
  assertStringIncludes(await log, "Cannot wait for the reply to RetryTask: aborted");
});

Deno.test("SIGTERM: drops the rest of the log before the kill when Airflow does not read it [fault.sigterm-unread-log]", async () => {
  const conf = { lines: 100_000 };
  await using supervisor = await startTask("logs_last", { conf, env: KILLED_SOON });
  assert(await supervisor.logs.read() !== null);
  supervisor.kill("SIGTERM");
  const since = performance.now();
  const [id, { type }] = await supervisor.receive();
  assertEquals(type, "SucceedTask");
  await supervisor.reply(id);
  assertEquals((await supervisor.ended).code, 0);
  // It first formats its lines, which takes the longer the more a machine has to do; by Airflow's
  // default, and not by the setting, it would wait 4 s after that.
  assert(secondsSince(since) < 4 * KILL_SECONDS, `${secondsSince(since)} s`);
});

Deno.test("SIGTERM: exits with 1 before the kill when Airflow neither replies nor reads the log [fault.sigterm-silent]", async () => {
  const conf = { mebibytes: 16 };
  await using supervisor = await startTask("logs_mebibytes", { conf, env: KILLED_SOON });
  assertEquals((await supervisor.receive())[1]["type"], "GetVariable");
  supervisor.kill("SIGTERM");
  const since = performance.now();
  assertEquals((await supervisor.receive())[1]["type"], "TaskState");
  assertEquals((await supervisor.ended).code, 1);
  // By the sum of all waits it would be 2.3 s.
  assert(secondsSince(since) < 1.5 * KILL_SECONDS, `${secondsSince(since)} s`);
});

Deno.test("SIGTERM: is not heard when the handler blocks the event loop [fault.sigterm-blocked]", async () => {
  const { supervisor, log } = await terminated("blocks", 1);
  await using _ = supervisor;
  supervisor.kill("SIGKILL");
  const { signal, stdout, stderr } = await supervisor.ended;
  assertEquals([signal, stdout, stderr], ["SIGKILL", "", ""]);
  assertEquals([await supervisor.comm.read(), await log], [null, ""]);
});

Deno.test("SIGKILL: the lines of earlier ticks have arrived [fault.sigkill]", async () => {
  await using supervisor = await startTask("kills_itself", { command: UNCONFINED });
  const [log, { signal }] = await Promise.all([supervisor.logs.readText(), supervisor.ended]);
  assertEquals([signal, eventsOf(log)], ["SIGKILL", ["ready"]]);
  assertEquals(await supervisor.comm.read(), null);
});
