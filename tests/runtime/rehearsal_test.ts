import { assertEquals, assertThrows } from "@std/assert";
import { startupDetails } from "../../src/dev/startup_details.ts";
import { Contents } from "../../src/runtime/contents.ts";
import { converse, type Surroundings } from "../../src/runtime/conversation.ts";
import { Rehearsal } from "../../src/runtime/rehearsal.ts";
import { getContext } from "../../src/sdk/context.ts";
import { TaskHandler } from "../../src/sdk/task_handler.ts";
import { tcpPair } from "../supervisor/tcp_pair.ts";

const NEVER = new Promise<never>(() => {});

/** A process with nothing around. */
const ALONE: Surroundings = {
  env: () => undefined,
  captureConsole: () => {},
  watch: () => ({ [Symbol.dispose]: () => {} }),
};

Deno.test("Rehearsal runs its tasks to their end while no frame comes", async () => {
  assertEquals(await new Rehearsal(NEVER).ended, 2);
});

Deno.test("Rehearsal leaves it when the first frame is there, or will never come", async () => {
  assertEquals(await new Rehearsal(Promise.resolve()).ended, 0);
  assertEquals(await new Rehearsal(Promise.reject(new Error("it is gone"))).ended, 0);
});

Deno.test("Rehearsal is at no task when the event loop turns", async () => {
  const { promise: arrival, resolve } = Promise.withResolvers<void>();
  const rehearsal = new Rehearsal(arrival);
  // Timers go off in their order, so that the first task is over, and the second has not begun.
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(rehearsal.current, undefined);
  assertThrows(() => getContext(), Error, "no task runs");
  resolve();
  assertEquals(await rehearsal.ended, 1);
});

Deno.test("a task does not begin while a rehearsal is under way, whose context it would share", async () => {
  using comm = await tcpPair();
  using logs = await tcpPair();
  let hasRun = false;
  const contents = new Contents();
  contents.add(
    new TaskHandler("etl", "extract", () => {
      hasRun = true;
    }),
  );
  const current = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  const conversation = converse({ comm: comm.near, logs: logs.near }, { contents }, {
    ...ALONE,
    whileWaiting: (arrival) => {
      arrival.then(() => arrived.resolve());
      return { current: current.promise };
    },
  });
  await comm.far.send([0, startupDetails({ dagId: "etl", taskId: "extract" }), null]);
  await arrived.promise;
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(hasRun, false);
  current.resolve();
  const [id, body] = await comm.far.receiveRequest();
  assertEquals([hasRun, body["type"]], [true, "SucceedTask"]);
  await comm.far.send([id, null, null]);
  assertEquals(await conversation, 0);
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
  const begun = Promise.withResolvers<Rehearsal>();
  const conversation = converse({ comm: comm.near, logs: logs.near }, { contents }, {
    ...ALONE,
    whileWaiting: (arrival) => {
      const rehearsal = new Rehearsal(arrival);
      begun.resolve(rehearsal);
      return rehearsal;
    },
  });
  assertEquals(await (await begun.promise).ended, 2);
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
