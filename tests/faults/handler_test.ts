import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { authorCommand, launchedCommand } from "../author_command.ts";
import { HandSupervisor } from "../runtime/hand_supervisor.ts";
import { answerAll, eventsOf, secondsSince, startTask, UNCONFINED } from "./faulty.ts";
import { isQuick } from "../thoroughness.ts";

/** Types of the requests, what the log says, and how the process ended. */
async function play(supervisor: HandSupervisor): Promise<{
  types: unknown[];
  last: Record<string, unknown>;
  events: string[];
  code: number;
  stdout: string;
  stderr: string;
}> {
  const log = supervisor.logs.readText();
  const bodies = await answerAll(supervisor);
  const { code, stdout, stderr } = await supervisor.ended;
  const types = bodies.map(({ type }) => type);
  return { types, last: bodies.at(-1) ?? {}, events: eventsOf(await log), code, stdout, stderr };
}

for (const [how, task] of [["Deno.exit", "exits_deno"], ["process.exit", "exits_node"]] as const) {
  for (const code of [0, 1, 2, 99, 255, 256, -1]) {
    Deno.test({
      name: `${how}(${code}) in a handler is a failure told, and no exit code`,
      ignore: isQuick && code !== 0 && code !== 1,
      async fn() {
        await using supervisor = await startTask(task, { conf: { code }, retries: 1 });
        const ran = await play(supervisor);
        assertEquals([ran.types, ran.code, ran.stdout, ran.stderr], [["RetryTask"], 0, "", ""]);
        assertStringIncludes(String(ran.last["retry_reason"]), "was called before the handler");
        assertEquals(ran.events.length, 1);
      },
    });
  }
}

Deno.test("close() in a handler is a failure told, and no end of the process", async () => {
  await using supervisor = await startTask("closes_itself", { retries: 1 });
  const ran = await play(supervisor);
  assertEquals([ran.types, ran.code], [["RetryTask"], 0]);
  assertStringIncludes(String(ran.last["retry_reason"]), "close() was called before the handler");
});

for (
  const [how, file] of [["deno", "exits_while_loading"], ["node", "exits_while_loading_by_node"]]
) {
  Deno.test(`an exit while the bundle loads is a failure told (${how})`, async () => {
    const bundle = new URL(`testdata/${file}.mjs`, import.meta.url).pathname;
    await using supervisor = await HandSupervisor.start(launchedCommand(bundle));
    await supervisor.startTask("succeeds", { retries: 1 });
    const ran = await play(supervisor);
    assertEquals([ran.types, ran.code], [["RetryTask"], 0]);
    assertEquals(ran.events, [
      "Cannot load the bundle: Deno.exit(0) was called while the bundle was loading",
    ]);
  });
}

for (
  const [what, file, message] of [
    ["an unhandled rejection", "rejects_while_loading.mjs", "nobody caught me"],
    ["an uncaught error", "throws_aside_while_loading.mjs", "thrown in a timer, time 1"],
    [
      "a late exit",
      "exits_later_while_loading.mjs",
      "Deno.exit(0) was called while the bundle was loading",
    ],
    ["an unhandled rejection before serve()", "rejects_and_serves.ts", "nobody caught me"],
  ] as const
) {
  Deno.test(`${what} while the bundle loads is a failure told`, async () => {
    const module = new URL(`testdata/${file}`, import.meta.url).pathname;
    const command = file.endsWith(".ts") ? authorCommand(module) : launchedCommand(module);
    await using supervisor = await HandSupervisor.start(command);
    await supervisor.startTask("succeeds", { retries: 1 });
    const ran = await play(supervisor);
    assertEquals([ran.types, ran.code, ran.stdout, ran.stderr], [["RetryTask"], 0, "", ""]);
    assertEquals(ran.events, [`Cannot load the bundle: ${message}`]);
  });
}

Deno.test("an exit code that a handler leaves behind is not the process's", async () => {
  await using supervisor = await startTask("sets_exit_code");
  const { types, code } = await play(supervisor);
  assertEquals([types, code], [["SucceedTask"], 0]);
});

for (
  const [task, what, message] of [
    ["throws_aside", "an uncaught error", "thrown in a timer"],
    ["rejects_aside", "an unhandled rejection", "nobody caught me"],
  ] as const
) {
  Deno.test(`${what} ends its handler, and is the task's failure`, async () => {
    await using supervisor = await startTask(task, { retries: 1 });
    const { types, last, events, code, stderr } = await play(supervisor);
    assertEquals([types, code, stderr], [["RetryTask"], 0, ""]);
    assertEquals(last["retry_reason"], `Error: ${message}`);
    assertEquals(events, [`Task failed, to be retried: ${message}`]);
  });
}

Deno.test("an error that ends a worker of the handler's is the task's failure, by its text", async () => {
  await using supervisor = await startTask("loses_a_worker", { retries: 1, command: UNCONFINED });
  const { types, last, events, code } = await play(supervisor);
  assertEquals([types, code], [["RetryTask"], 0]);
  assertStringIncludes(String(last["retry_reason"]), "nobody caught me");
  assertEquals(events.length, 1);
  assertStringIncludes(String(events[0]), "nobody caught me");
});

Deno.test("an end that cannot be told is a failure told", async () => {
  await using supervisor = await startTask("ends_unspeakably", { retries: 1 });
  const { types, last, events, code } = await play(supervisor);
  const reason = 'Cannot send RetryTask: field "retry_delay_seconds" must be a finite number';
  assertEquals([types, code], [["RetryTask"], 0]);
  assertStringIncludes(String(last["retry_reason"]), reason);
  assertStringIncludes(String(events.at(-1)), `Task failed: its end could not be told: ${reason}`);
});

Deno.test("what throws again when it is looked at is thrown as a failure told", async () => {
  await using supervisor = await startTask("throws_hostile", { retries: 1 });
  const { types, last, events, code } = await play(supervisor);
  assertEquals([types, code, last["retry_reason"]], [["RetryTask"], 0, "Error: hands off"]);
  assertEquals(events, ["Task failed, to be retried: hands off"]);
});

Deno.test("errors, rejections and exits after the return change nothing, and are logged", async () => {
  await using supervisor = await startTask("fails_later");
  const [asked] = await supervisor.receive();
  // The reply waits until all three have happened.
  let log = "";
  while (!log.includes("thrown after") || !log.includes("rejected after")) {
    log += new TextDecoder().decode(await supervisor.logs.read() ?? undefined);
  }
  await supervisor.reply(asked, { type: "VariableResult", key: "since", value: "2026" });
  const [last, { type }] = await supervisor.receive();
  await supervisor.reply(last);
  const [rest, { code, stderr }] = await Promise.all([
    supervisor.logs.readText(),
    supervisor.ended,
  ]);
  assertEquals([type, code, stderr, rest], ["SucceedTask", 0, "", ""]);
  assertEquals(eventsOf(log), [
    "An error that nobody caught, after the handler ended: thrown after the return",
    "An error that nobody caught, after the handler ended: rejected after the return",
  ]);
});

Deno.test("a child that holds stdout holds neither the sockets nor the process", async () => {
  const seconds = 1.5;
  await using supervisor = await startTask("spawns", { conf: { seconds }, command: UNCONFINED });
  const since = performance.now();
  const log = supervisor.logs.readText();
  const bodies = await answerAll(supervisor);
  assertEquals(bodies.map(({ type }) => type), ["SucceedTask"]);
  assertEquals([await supervisor.comm.read(), eventsOf(await log)], [null, ["spawned"]]);
  assert(secondsSince(since) < seconds, "before the child has ended");
  assertEquals((await supervisor.ended).code, 0);
});

for (const task of ["closes_stdout", "closes_stderr", "closes_both"]) {
  Deno.test(`a handler that ${task.replace("_", " ")} succeeds`, async () => {
    await using supervisor = await startTask(task);
    const { types, events, code, stdout, stderr } = await play(supervisor);
    assertEquals([types, code, stdout, stderr], [["SucceedTask"], 0, "", ""]);
    assertEquals(events, task === "closes_stdout" ? ["to the log all the same"] : []);
  });
}

Deno.test("a handler that loses its working directory succeeds", async () => {
  await using supervisor = await startTask("loses_its_folder", { command: UNCONFINED });
  const { types, code } = await play(supervisor);
  assertEquals([types, code], [["SucceedTask"], 0]);
});

Deno.test({
  name: "out of memory: the engine ends the process at once, its log arrives, nothing is told",
  ignore: isQuick,
  async fn() {
    const [deno = "", run = "", ...rest] = UNCONFINED;
    await using supervisor = await HandSupervisor.start(
      [deno, run, "--v8-flags=--max-old-space-size=48", ...rest],
    );
    await supervisor.startTask("needs_memory", { retries: 1 });
    const [log, ended] = await Promise.all([supervisor.logs.readText(), supervisor.ended]);
    assert(ended.signal === "SIGTRAP" || ended.signal === "SIGABRT", String(ended.signal));
    assertEquals([eventsOf(log), ended.stdout], [["ready"], ""]);
    assertStringIncludes(ended.stderr, "out of memory");
    assertEquals(await supervisor.comm.read(), null);
  },
});
