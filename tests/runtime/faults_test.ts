import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { authorCommand } from "../author_command.ts";
import { HandSupervisor, startFrame } from "./hand_supervisor.ts";

const COMMAND = authorCommand(new URL("testdata/faults.ts", import.meta.url));

/** The log lines' events, with the exception's type behind the colon. */
function eventsOf(log: string): string[] {
  return log.trimEnd().split("\n").filter((line) => line !== "").map((line) => {
    const { event, exception } = JSON.parse(line);
    return exception === undefined ? event : `${event}: ${exception[0].exc_value}`;
  });
}

Deno.test("a process ends with 1, and says why, when the supervisor leaves before the start", async () => {
  await using supervisor = await HandSupervisor.start(COMMAND);
  const { log, ended } = await supervisor.hangUp();
  assertEquals([ended.code, ended.signal, ended.stdout], [1, null, ""]);
  assertEquals(eventsOf(log), [
    "Cannot go on: Cannot start: the supervisor closed the connection before it said what to do",
  ]);
});

Deno.test("a process ends with 1 when the supervisor leaves amid the first frame", async () => {
  await using supervisor = await HandSupervisor.start(COMMAND);
  await supervisor.comm.write(startFrame("succeeds").subarray(0, 100));
  const { log, ended } = await supervisor.hangUp();
  assertEquals([ended.code, ended.stdout], [1, ""]);
  assertEquals(eventsOf(log).length, 1);
  assertStringIncludes(log, "the connection ended amid a frame");
});

Deno.test("a process ends with 1 when the first frame asks for what it does not know", async () => {
  await using supervisor = await HandSupervisor.start(COMMAND);
  await supervisor.comm.send([0, { type: "WashTheDishes" }, null]);
  const [log, ended] = await Promise.all([supervisor.logs.readText(), supervisor.ended]);
  assertEquals([ended.code, ended.stdout], [1, ""]);
  assertStringIncludes(log, "WashTheDishes");
  assertEquals(await supervisor.comm.read(), null, "no frame went out");
});

Deno.test("a first frame that comes byte by byte starts the task", async () => {
  await using supervisor = await HandSupervisor.start(COMMAND);
  for (const byte of startFrame("succeeds")) await supervisor.comm.write(Uint8Array.of(byte));
  const [id, { type }] = await supervisor.receive();
  assertEquals(type, "SucceedTask");
  await supervisor.reply(id);
  assertEquals((await supervisor.ended).code, 0);
});

Deno.test("a task ends with 1 and no terminal frame when the supervisor leaves amid a request", async () => {
  await using supervisor = await HandSupervisor.start(COMMAND);
  await supervisor.startTask("asks", { retries: 1 });
  const [, { type }] = await supervisor.receive();
  assertEquals(type, "GetVariable");
  const { log, ended } = await supervisor.hangUp();
  assertEquals([ended.code, ended.stdout], [1, ""]);
  assertEquals(eventsOf(log), [
    "Cannot go on: Cannot send GetVariable: the supervisor is gone",
  ]);
});

Deno.test("a handler that shrugs off a lost supervisor does not make a success of it", async () => {
  await using supervisor = await HandSupervisor.start(COMMAND);
  await supervisor.startTask("asks_and_shrugs");
  await supervisor.receive();
  const { log, ended } = await supervisor.hangUp();
  assertEquals(ended.code, 1);
  assertEquals(eventsOf(log), [
    "shrugged",
    "Cannot go on: Cannot send SucceedTask: the supervisor is gone",
  ]);
  assertStringIncludes(log, '"code":"CLOSED"');
});

Deno.test("a lost supervisor aborts the signal of a handler that asks nothing", async () => {
  await using supervisor = await HandSupervisor.start(COMMAND);
  await supervisor.startTask("listens");
  const ready = await supervisor.logs.read();
  assert(ready !== null);
  const { log, ended } = await supervisor.hangUp();
  assertEquals(ended.code, 1);
  assertEquals(eventsOf(log)[0], "tidied up");
});

Deno.test("a task that has told how it ended ends with 1 when the reply does not come", async () => {
  await using supervisor = await HandSupervisor.start(COMMAND);
  await supervisor.startTask("succeeds");
  const [, { type }] = await supervisor.receive();
  assertEquals(type, "SucceedTask");
  const { ended } = await supervisor.hangUp();
  assertEquals([ended.code, ended.stdout], [1, ""]);
});

Deno.test("a task goes on without its log, and ends as it does", async () => {
  await using supervisor = await HandSupervisor.start(COMMAND);
  supervisor.logs.close();
  await supervisor.startTask("logs_and_succeeds");
  const [id, { type }] = await supervisor.receive();
  assertEquals(type, "SucceedTask");
  await supervisor.reply(id);
  const { code, stdout } = await supervisor.ended;
  assertEquals([code, stdout], [0, ""]);
  assertEquals(await supervisor.comm.read(), null, "one terminal frame, and no other");
});

Deno.test("garbage amid a task ends it like a supervisor that is gone", async () => {
  await using supervisor = await HandSupervisor.start(COMMAND);
  await supervisor.startTask("asks");
  await supervisor.receive();
  await supervisor.comm.write(Uint8Array.of(0, 0, 0, 1, 0xc1));
  const [log, ended] = await Promise.all([supervisor.logs.readText(), supervisor.ended]);
  assertEquals([ended.code, ended.stdout], [1, ""]);
  assertMatch(log, /Cannot decode/, "the log says what was wrong");
  assertEquals(await supervisor.comm.read(), null, "no frame followed");
});
