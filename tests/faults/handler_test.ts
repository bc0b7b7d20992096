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

for (
  const [how, task, id] of [
    ["Deno.exit", "exits_deno", "fault.deno-exit"],
    ["process.exit", "exits_node", "fault.process-exit"],
  ] as const
) {
  for (const code of [0, 1, 2, 99, 255, 256, -1]) {
    Deno.test({
      name: `${how}(${code}): reports a failure when a handler calls it [${id}]`,
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

Deno.test("close(): reports a failure when a handler calls it [fault.close]", async () => {
  await using supervisor = await startTask("closes_itself", { retries: 1 });
  const ran = await play(supervisor);
  assertEquals([ran.types, ran.code], [["RetryTask"], 0]);
  assertStringIncludes(String(ran.last["retry_reason"]), "close() was called before the handler");
});

for (
  const [how, file] of [
    ["Deno.exit()", "exits_while_loading"],
    ["process.exit()", "exits_while_loading_by_node"],
  ]
) {
  Deno.test(`loading the bundle: reports a failure when ${how} exits [fault.exits-while-loading]`, async () => {
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
    ["an unhandled rejection", "rejects_while_loading.mjs", "never caught"],
    ["an uncaught error", "throws_aside_while_loading.mjs", "thrown in a timer, time 1"],
    [
      "a late exit",
      "exits_later_while_loading.mjs",
      "Deno.exit(0) was called while the bundle was loading",
    ],
    ["an unhandled rejection before serve()", "rejects_and_serves.ts", "never caught"],
  ] as const
) {
  Deno.test(`loading the bundle: reports a failure on ${what} [fault.fails-aside-while-loading]`, async () => {
    const module = new URL(`testdata/${file}`, import.meta.url).pathname;
    const command = file.endsWith(".ts") ? authorCommand(module) : launchedCommand(module);
    await using supervisor = await HandSupervisor.start(command);
    await supervisor.startTask("succeeds", { retries: 1 });
    const ran = await play(supervisor);
    assertEquals([ran.types, ran.code, ran.stdout, ran.stderr], [["RetryTask"], 0, "", ""]);
    assertEquals(ran.events, [`Cannot load the bundle: ${message}`]);
  });
}

Deno.test("Deno.exitCode: is ignored when a handler sets it [fault.exit-code]", async () => {
  await using supervisor = await startTask("sets_exit_code");
  const { types, code } = await play(supervisor);
  assertEquals([types, code], [["SucceedTask"], 0]);
});

for (
  const [id, task, what, message] of [
    ["fault.uncaught-error", "throws_aside", "an uncaught error", "thrown in a timer"],
    ["fault.unhandled-rejection", "rejects_aside", "an unhandled rejection", "never caught"],
  ] as const
) {
  Deno.test(`handler: reports a failure on ${what} [${id}]`, async () => {
    await using supervisor = await startTask(task, { retries: 1 });
    const { types, last, events, code, stderr } = await play(supervisor);
    assertEquals([types, code, stderr], [["RetryTask"], 0, ""]);
    assertEquals(last["retry_reason"], `Error: ${message}`);
    assertEquals(events, [`Task failed, to be retried: ${message}`]);
  });
}

Deno.test("handler: reports a failure on an uncaught error of its Web Worker [fault.web-worker-error]", async () => {
  await using supervisor = await startTask("loses_a_worker", { retries: 1, command: UNCONFINED });
  const { types, last, events, code } = await play(supervisor);
  assertEquals([types, code], [["RetryTask"], 0]);
  assertStringIncludes(String(last["retry_reason"]), "never caught");
  assertEquals(events.length, 1);
  assertStringIncludes(String(events[0]), "never caught");
});

Deno.test("terminal message: reports a failure when the terminal state cannot be encoded [fault.unsendable-end]", async () => {
  await using supervisor = await startTask("ends_unspeakably", { retries: 1 });
  const { types, last, events, code } = await play(supervisor);
  const reason = 'Cannot send RetryTask: field "retry_delay_seconds" must be a finite number';
  assertEquals([types, code], [["RetryTask"], 0]);
  assertStringIncludes(String(last["retry_reason"]), reason);
  assertStringIncludes(
    String(events.at(-1)),
    `Task failed: its terminal message is not valid: ${reason}`,
  );
});

Deno.test("handler: reports a failure when the thrown value throws on inspection [fault.hostile-error]", async () => {
  await using supervisor = await startTask("throws_hostile", { retries: 1 });
  const { types, last, events, code } = await play(supervisor);
  assertEquals([types, code, last["retry_reason"]], [["RetryTask"], 0, "Error: hands off"]);
  assertEquals(events, ["Task failed, to be retried: hands off"]);
});

Deno.test("handler: logs errors, rejections and exits after the return and reports success [fault.fails-after-return]", async () => {
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
    "Uncaught error after the handler ended: thrown after the return",
    "Uncaught error after the handler ended: rejected after the return",
  ]);
});

Deno.test("handler: exits in time when a child process holds stdout [fault.child-holds-stdout]", async () => {
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

for (
  const [task, what, id] of [
    ["closes_stdout", "stdout", "fault.closes-stdout"],
    ["closes_stderr", "stderr", "fault.closes-stderr"],
    ["closes_both", "stdout and stderr", "fault.closes-both"],
  ] as const
) {
  Deno.test(`handler: reports success when it closes ${what} [${id}]`, async () => {
    await using supervisor = await startTask(task);
    const { types, events, code, stdout, stderr } = await play(supervisor);
    assertEquals([types, code, stdout, stderr], [["SucceedTask"], 0, "", ""]);
    assertEquals(events, task === "closes_stdout" ? ["to the log all the same"] : []);
  });
}

Deno.test("handler: reports success when it removes its working directory [fault.removes-folder]", async () => {
  await using supervisor = await startTask("loses_its_folder", { command: UNCONFINED });
  const { types, code } = await play(supervisor);
  assertEquals([types, code], [["SucceedTask"], 0]);
});

Deno.test({
  name: "handler: earlier lines have arrived when V8 runs out of memory [fault.out-of-memory]",
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
