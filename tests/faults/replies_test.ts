import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { encodeFrame } from "../../src/wire/encoder.ts";
import { HandSupervisor, startFrame } from "../runtime/hand_supervisor.ts";
import { answerAll, COMMAND, eventsOf, startImpatient, startTask } from "./faulty.ts";
import { isQuick } from "../thoroughness.ts";

/** More than any of these needs, in bytes; a Deno that does nothing has some 90 MB of it. */
const MEMORY = 200 * 1024 * 1024;

function variable(key: unknown, value = `value of ${key}`): Record<string, unknown> {
  return { type: "VariableResult", key, value };
}

/** Answers the push of the result and the terminal frame; gives the result. */
async function resultOf(supervisor: HandSupervisor): Promise<unknown> {
  const [pushed, last] = await answerAll(supervisor);
  assertEquals([pushed?.["type"], last?.["type"]], ["SetXCom", "SucceedTask"]);
  assertEquals((await supervisor.ended).code, 0);
  return pushed?.["value"];
}

Deno.test("request: fails with TIMEOUT when it is never answered, and the next one is sent [fault.no-reply]", async () => {
  await using supervisor = await startTask("asks_twice", { settings: { deadlineSeconds: 0.1 } });
  await supervisor.receive();
  const [id, { key }] = await supervisor.receive();
  assertEquals(key, "second");
  await supervisor.reply(id, variable(key));
  assertEquals(await resultOf(supervisor), ["TIMEOUT", "value of second"]);
});

Deno.test("request: drops a reply that arrives after the deadline [fault.late-reply]", async () => {
  await using supervisor = await startTask("asks_twice", { settings: { deadlineSeconds: 0.1 } });
  const [late] = await supervisor.receive();
  const [id, { key }] = await supervisor.receive();
  await supervisor.reply(late, variable("first", "too late"));
  await supervisor.reply(id, variable(key));
  assertEquals(await resultOf(supervisor), ["TIMEOUT", "value of second"]);
});

Deno.test("terminal message: exits with 1 when its reply never arrives [fault.no-last-reply]", async () => {
  await using supervisor = await startTask("succeeds", { settings: { deadlineSeconds: 0.1 } });
  assertEquals((await supervisor.receive())[1]["type"], "SucceedTask");
  const [log, { code }] = await Promise.all([supervisor.logs.readText(), supervisor.ended]);
  assertEquals(code, 1);
  assertStringIncludes(eventsOf(log).join(), "Cannot get the reply to SucceedTask: none came");
});

Deno.test("request: drops replies with wrong and unknown ids [fault.wrong-ids]", async () => {
  await using supervisor = await startTask("asks_twice");
  for (let i = 0; i < 2; i++) {
    const [id, { key }] = await supervisor.receive();
    for (const wrong of [0, id - 1, id + 1, id + 2 ** 31, 2 ** 32 - 1]) {
      await supervisor.reply(wrong, variable(key, "of another"));
    }
    await supervisor.reply(id, variable(key));
    await supervisor.reply(id, variable(key, "answered twice"));
  }
  assertEquals(await resultOf(supervisor), ["value of first", "value of second"]);
});

Deno.test("request: matches replies by id when they arrive out of order [fault.out-of-order]", async () => {
  await using supervisor = await startTask("asks_at_once");
  const [first] = await supervisor.receive();
  // The others have not been sent yet: no supervisor can know their ids.
  await supervisor.reply(first + 2, variable("c", "guessed"));
  await supervisor.reply(first + 1, variable("b", "guessed"));
  await supervisor.reply(first, variable("a"));
  for (const key of ["b", "c"]) {
    const [id, body] = await supervisor.receive();
    assertEquals(body["key"], key);
    await supervisor.reply(id, variable(key));
  }
  assertEquals(await resultOf(supervisor), ["value of a", "value of b", "value of c"]);
});

for (
  const [id, what, head, reason] of [
    [
      "fault.long-frame",
      "longer than the limit",
      [0xff, 0xff, 0xff, 0xff],
      "the limit is 268435456",
    ],
    ["fault.empty-frame", "of length zero", [0, 0, 0, 0], "it announces 0 bytes"],
  ] as const
) {
  Deno.test(`invalid frame: exits with 1 when a frame is ${what} [${id}]`, async () => {
    await using supervisor = await startTask("asks");
    await supervisor.receive();
    await supervisor.comm.write(Uint8Array.from(head));
    const [log, { code }] = await Promise.all([supervisor.logs.readText(), supervisor.ended]);
    assertEquals(code, 1);
    assertStringIncludes(log, reason);
    assertEquals(await supervisor.comm.read(), null, "no frame followed");
  });
}

Deno.test("launch: exits with 1 when the first frame is longer than the limit [fault.long-first-frame]", async () => {
  await using supervisor = await HandSupervisor.start(COMMAND);
  await supervisor.comm.write(Uint8Array.of(0x7f, 0xff, 0xff, 0xff));
  const [log, { code }] = await Promise.all([supervisor.logs.readText(), supervisor.ended]);
  assertEquals(code, 1);
  assertStringIncludes(log, "it announces 2147483647 bytes");
});

Deno.test("long frame: allocates only for the bytes that arrive [fault.announced-frame]", async () => {
  await using supervisor = await startTask("asks_twice");
  const [id, { key }] = await supervisor.receive();
  // 256 MiB, the most that is believed.
  await supervisor.comm.write(Uint8Array.of(0x10, 0, 0, 0));
  for (let i = 0; i < 100; i++) await supervisor.comm.write(new Uint8Array(1000));
  assert(supervisor.peakMemory() < MEMORY, `${supervisor.peakMemory()} bytes`);
  await supervisor.reply(id, variable(key));
  assertEquals((await supervisor.hangUp()).ended.code, 1);
});

Deno.test("launch: exits with 1 when no first frame arrives in time [fault.silent]", async () => {
  await using supervisor = await startImpatient({ firstSeconds: 0.1 });
  const [log, { code }] = await Promise.all([supervisor.logs.readText(), supervisor.ended]);
  assertEquals(code, 1);
  assertEquals(eventsOf(log), [
    "Cannot continue: Cannot start: the supervisor sent no first message within 0.1 s",
  ]);
});

Deno.test("launch: exits with 1 when the first frame arrives too slowly [fault.too-slow-first-frame]", async () => {
  await using supervisor = await startImpatient({ firstSeconds: 0.2 });
  let isOver = false;
  const over = supervisor.ended.then(() => isOver = true);
  for (const byte of startFrame("succeeds")) {
    if (isOver) break;
    await supervisor.comm.write(Uint8Array.of(byte)).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await over;
  assertEquals((await supervisor.ended).code, 1);
});

Deno.test("request: accepts a byte-by-byte reply in time, or fails with TIMEOUT [fault.slow-reply]", async () => {
  await using supervisor = await startTask("asks_twice", { settings: { deadlineSeconds: 0.4 } });
  const [first] = await supervisor.receive();
  // The first is complete in time; the second stops short of its last byte.
  for (const byte of encodeFrame([first, variable("first"), null])) {
    await supervisor.comm.write(Uint8Array.of(byte));
  }
  const [second] = await supervisor.receive();
  const reply = encodeFrame([second, variable("second"), null]);
  for (const byte of reply.subarray(0, -1)) await supervisor.comm.write(Uint8Array.of(byte));
  const [push, { value }] = await supervisor.receive();
  await supervisor.comm.write(reply.subarray(-1));
  await supervisor.reply(push);
  const [last] = await supervisor.receive();
  await supervisor.reply(last);
  assertEquals([value, (await supervisor.ended).code], [["value of first", "TIMEOUT"], 0]);
});

Deno.test({
  name:
    "request: matches 10,000 open requests to their replies in bounded memory [fault.many-requests]",
  ignore: isQuick,
  async fn() {
    await using supervisor = await startTask("asks_ten_thousand");
    for (let i = 0; i < 10_000; i++) {
      const [id, { key }] = await supervisor.receive();
      await supervisor.reply(id, variable(key));
    }
    assert(supervisor.peakMemory() < MEMORY, `${supervisor.peakMemory()} bytes`);
    assertEquals(await resultOf(supervisor), 10_000);
  },
});

Deno.test("lost supervisor: rejects 10,000 open requests [fault.closes-with-many-requests]", async () => {
  await using supervisor = await startTask("asks_ten_thousand");
  await supervisor.receive();
  const { log, ended } = await supervisor.hangUp();
  assertEquals(ended.code, 1);
  assertEquals(eventsOf(log).length, 1);
});
