import { assertEquals, assertThrows } from "@std/assert";
import { startupDetails } from "../../src/dev/startup_details.ts";
import { Contents } from "../../src/runtime/contents.ts";
import { converse } from "../../src/runtime/conversation.ts";
import { rehearse } from "../../src/runtime/rehearsal.ts";
import { getContext } from "../../src/sdk/context.ts";
import { TaskHandler } from "../../src/sdk/task_handler.ts";
import { tcpPair } from "../supervisor/tcp_pair.ts";

const NEVER = new Promise<never>(() => {});

Deno.test("rehearse() runs its tasks to their end while no frame comes", async () => {
  assertEquals(await rehearse(NEVER), 2);
});

Deno.test("rehearse() leaves it when the first frame is there, or will never come", async () => {
  assertEquals(await rehearse(Promise.resolve()), 0);
  assertEquals(await rehearse(Promise.reject(new Error("the supervisor is gone"))), 0);
});

Deno.test("rehearse() is at no task when the event loop turns: the real one has its context alone", async () => {
  const { promise: arrival, resolve } = Promise.withResolvers<void>();
  const rehearsed = rehearse(arrival);
  // Timers go off in their order, so that the first task is under way or over.
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertThrows(() => getContext(), Error, "no task runs");
  resolve();
  assertEquals(await rehearsed, 1);
});

Deno.test("a supervisor that thinks for long sees nothing of the rehearsal", async () => {
  using comm = await tcpPair();
  using logs = await tcpPair();
  const contents = new Contents();
  contents.add(
    new TaskHandler("etl", "extract", (_args: object, ctx) => {
      ctx.log.info("real");
      return getContext().ti.taskId;
    }),
  );
  let rehearsed = 0;
  const rehearsal = Promise.withResolvers<void>();
  const conversation = converse({ comm: comm.near, logs: logs.near }, { contents }, {
    env: () => undefined,
    captureConsole: () => {},
    watch: () => ({ [Symbol.dispose]: () => {} }),
    whileWaiting: async (arrival) => {
      rehearsed = await rehearse(arrival);
      rehearsal.resolve();
    },
  });
  await rehearsal.promise;
  assertEquals(rehearsed, 2);
  await comm.far.send([0, startupDetails({ dagId: "etl", taskId: "extract" }), null]);
  const types = [];
  for (const expected of ["SetXCom", "SucceedTask"]) {
    const [id, body] = await comm.far.receiveRequest();
    types.push(body["type"]);
    if (expected === "SetXCom") assertEquals(body["value"], "extract");
    await comm.far.send([id, null, null]);
  }
  assertEquals(types, ["SetXCom", "SucceedTask"]);
  assertEquals(await conversation, 0);
  logs.near.close();
  const lines = (await logs.far.readText()).trimEnd().split("\n");
  assertEquals(lines.map((line) => JSON.parse(line).event), ["real"]);
});
