import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { encodeFrame } from "../../src/wire/encoder.ts";
import { HandSupervisor, printed, runAlone, startFrame } from "../runtime/hand_supervisor.ts";
import { FarEnd } from "../supervisor/tcp_pair.ts";
import { answerAll, COMMAND, eventsOf, KILLED_SOON, secondsSince, startTask } from "./faulty.ts";

Deno.test("launch: exits with 1 and logs why when the supervisor closes before StartupDetails [fault.closes-before-start]", async () => {
  await using supervisor = await HandSupervisor.start(COMMAND);
  const { log, ended } = await supervisor.hangUp();
  assertEquals([ended.code, ended.signal, ended.stdout], [1, null, ""]);
  assertEquals(eventsOf(log), [
    "Cannot continue: Cannot start: the supervisor closed the connection before its first message",
  ]);
});

Deno.test("launch: exits with 1 when the supervisor closes within the first frame [fault.closes-in-first-frame]", async () => {
  await using supervisor = await HandSupervisor.start(COMMAND);
  await supervisor.comm.write(startFrame("succeeds").subarray(0, 100));
  const { log, ended } = await supervisor.hangUp();
  assertEquals([ended.code, ended.stdout], [1, ""]);
  assertEquals(eventsOf(log).length, 1);
  assertStringIncludes(log, "the connection ended within a frame");
});

Deno.test("launch: exits with 1 when the first frame has an unknown type [fault.unknown-first-frame]", async () => {
  await using supervisor = await HandSupervisor.start(COMMAND);
  await supervisor.comm.send([0, { type: "WashTheDishes" }, null]);
  const [log, ended] = await Promise.all([supervisor.logs.readText(), supervisor.ended]);
  assertEquals([ended.code, ended.stdout], [1, ""]);
  assertStringIncludes(log, "WashTheDishes");
  assertEquals(await supervisor.comm.read(), null, "no frame went out");
});

Deno.test("launch: starts the task when the first frame arrives byte by byte [fault.slow-first-frame]", async () => {
  await using supervisor = await HandSupervisor.start(COMMAND);
  for (const byte of startFrame("succeeds")) await supervisor.comm.write(Uint8Array.of(byte));
  const [id, { type }] = await supervisor.receive();
  assertEquals(type, "SucceedTask");
  await supervisor.reply(id);
  assertEquals((await supervisor.ended).code, 0);
});

Deno.test("lost supervisor: exits with 1 and no terminal frame when it closes during a request [fault.closes-in-request]", async () => {
  await using supervisor = await HandSupervisor.start(COMMAND);
  await supervisor.startTask("asks", { retries: 1 });
  const [, { type }] = await supervisor.receive();
  assertEquals(type, "GetVariable");
  const { log, ended } = await supervisor.hangUp();
  assertEquals([ended.code, ended.stdout], [1, ""]);
  assertEquals(eventsOf(log), [
    "ready",
    "Cannot continue: Cannot send GetVariable: the supervisor is gone",
  ]);
});

Deno.test("lost supervisor: reports no success when the handler catches the error [fault.closes-and-handler-catches]", async () => {
  await using supervisor = await HandSupervisor.start(COMMAND);
  await supervisor.startTask("asks_and_shrugs");
  await supervisor.receive();
  const { log, ended } = await supervisor.hangUp();
  assertEquals(ended.code, 1);
  assertEquals(eventsOf(log), [
    "shrugged",
    "Cannot continue: Cannot send SucceedTask: the supervisor is gone",
  ]);
  assertStringIncludes(log, '"code":"CLOSED"');
});

Deno.test("lost supervisor: aborts the signal of a handler that sends no request [fault.closes-while-idle]", async () => {
  await using supervisor = await HandSupervisor.start(COMMAND);
  await supervisor.startTask("listens");
  const ready = await supervisor.logs.read();
  assert(ready !== null);
  const { log, ended } = await supervisor.hangUp();
  assertEquals(ended.code, 1);
  assertEquals(eventsOf(log)[0], "tidied up");
});

Deno.test("lost supervisor: exits with 1 when it closes before the last reply [fault.closes-before-last-reply]", async () => {
  await using supervisor = await HandSupervisor.start(COMMAND);
  await supervisor.startTask("succeeds");
  const [, { type }] = await supervisor.receive();
  assertEquals(type, "SucceedTask");
  const { ended } = await supervisor.hangUp();
  assertEquals([ended.code, ended.stdout], [1, ""]);
});

Deno.test("lost log socket: the task continues when the supervisor closes the log socket first [fault.closes-log-socket]", async () => {
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

Deno.test("invalid frame: exits with 1 when the bytes are not MessagePack [fault.invalid-messagepack]", async () => {
  await using supervisor = await startTask("asks");
  await supervisor.receive();
  await supervisor.comm.write(Uint8Array.of(0, 0, 0, 1, 0xc1));
  const [log, ended] = await Promise.all([supervisor.logs.readText(), supervisor.ended]);
  assertEquals([ended.code, ended.stdout], [1, ""]);
  assertMatch(log, /Cannot decode/, "the log says what was wrong");
  assertEquals(await supervisor.comm.read(), null, "no frame followed");
});

/** Waits until a process has connected to a port before the test accepts the connection. */
async function connectedTo(port: number): Promise<void> {
  const local = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const isThere = (): boolean =>
    printed("cat", "/proc/net/tcp").split("\n").some((row) => {
      const [, address, , state] = row.trim().split(/\s+/);
      return address?.endsWith(local) && state === "01";
    });
  while (!isThere()) await new Promise((resolve) => setTimeout(resolve, 2));
}

Deno.test("launch: exits with 1 when the supervisor resets the connection before StartupDetails [fault.resets-before-start]", async () => {
  const comm = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using logs = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const ended = runAlone([
    ...COMMAND,
    `--comm=127.0.0.1:${comm.addr.port}`,
    `--logs=127.0.0.1:${logs.addr.port}`,
  ]);
  using log = new FarEnd(await logs.accept());
  await connectedTo(comm.addr.port);
  // The kernel resets what a listener has not accepted when it closes.
  comm.close();
  const [text, { code, stdout, stderr }] = await Promise.all([log.readText(), ended]);
  assertEquals([code, stdout], [1, ""]);
  // A process that was not looking has not even seen itself connected.
  if (stderr !== "") {
    assertMatch(stderr, /^error: Cannot connect to Airflow's supervisor at .*reset/);
  } else {assertEquals(eventsOf(text), [
      "Cannot continue: Cannot read from the supervisor: it is gone",
    ]);}
});

Deno.test("lost supervisor: exits with 1 when it resets the connection during a request [fault.resets-in-request]", async () => {
  await using supervisor = await startTask("asks_and_says_so");
  assert(await supervisor.logs.read() !== null);
  // The request lies there unread, which makes the close a reset.
  const { log, ended } = await supervisor.hangUp();
  assertEquals([ended.code, ended.stdout], [1, ""]);
  assertEquals(eventsOf(log), ["Cannot continue: Cannot send GetVariable: the supervisor is gone"]);
});

for (
  const [how, id] of [
    ["closes", "fault.closes-in-reply"],
    ["resets the connection", "fault.resets-in-reply"],
  ] as const
) {
  Deno.test(`lost supervisor: exits with 1 when it ${how} within a reply [${id}]`, async () => {
    await using supervisor = await startTask("asks_and_says_so");
    assert(await supervisor.logs.read() !== null);
    if (how === "closes") await supervisor.receive();
    const reply = { type: "VariableResult", key: "since", value: "2026" };
    await supervisor.comm.write(encodeFrame([1, reply, null]).subarray(0, 20));
    const { log, ended } = await supervisor.hangUp();
    assertEquals([ended.code, ended.stdout], [1, ""]);
    assertEquals(eventsOf(log), [
      "Cannot continue: Cannot send GetVariable: the supervisor is gone",
    ]);
  });
}

Deno.test("lost supervisor: exits with 1 when it resets the connection before the last reply [fault.resets-before-last-reply]", async () => {
  await using supervisor = await startTask("succeeds_with_word");
  assert(await supervisor.logs.read() !== null);
  const { log, ended } = await supervisor.hangUp();
  assertEquals([ended.code, ended.stdout], [1, ""]);
  assertEquals(eventsOf(log), ["Cannot continue: Cannot send SucceedTask: the supervisor is gone"]);
});

Deno.test("lost supervisor: exits with 1 when it stops sending but still reads [fault.half-open]", async () => {
  await using supervisor = await startTask("asks");
  await supervisor.receive();
  await supervisor.comm.closeWrite();
  const [log, ended] = await Promise.all([supervisor.logs.readText(), supervisor.ended]);
  assertEquals(ended.code, 1);
  assertEquals(
    eventsOf(log).at(-1),
    "Cannot continue: Cannot send GetVariable: the supervisor is gone",
  );
  assertEquals(await supervisor.comm.read(), null, "no frame followed");
});

Deno.test("lost supervisor: terminates a handler that ignores it [fault.closes-and-handler-continues]", async () => {
  await using supervisor = await startTask("ignores", { env: KILLED_SOON });
  assert(await supervisor.logs.read() !== null);
  const since = performance.now();
  const { log, ended } = await supervisor.hangUp();
  assertEquals(ended.code, 1);
  assert(secondsSince(since) < 2.5);
  assertEquals(eventsOf(log).length, 1001);
});

Deno.test("lost log socket: the task continues when the log socket is reset [fault.resets-log-socket]", async () => {
  await using supervisor = await startTask("logs_mebibytes", { conf: { mebibytes: 16 } });
  assert(await supervisor.logs.read() !== null);
  supervisor.logs.close();
  const bodies = await answerAll(supervisor);
  assertEquals(bodies.map(({ type }) => type), ["GetVariable", "SucceedTask"]);
  assertEquals((await supervisor.ended).code, 0);
});
