import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { TaskLogger } from "../../../src/runtime/logging/task_logger.ts";
import { eventsOf } from "../../faults/faulty.ts";
import { channelInto } from "./channel_into.ts";

/** Returns the events that a logger wrote, each followed by the message of its exception. */
async function logged(use: (logger: TaskLogger) => unknown): Promise<string[]> {
  const chunks: string[] = [];
  using channel = channelInto(chunks);
  await use(new TaskLogger(channel, "task"));
  await channel.flush();
  return eventsOf(chunks.join(""));
}

const hostile = new Proxy({ rows: 3 }, {
  get() {
    throw new Error("no field");
  },
  ownKeys() {
    throw new Error("no names");
  },
  getPrototypeOf() {
    throw new Error("no prototype");
  },
});

const secretive = {
  [Symbol.for("Deno.customInspect")](): string {
    throw new Error("no text");
  },
};

Deno.test("TaskLogger: accepts fields whose prototype throws", async () => {
  const lines: string[] = [];
  using channel = channelInto(lines);
  const unprototyped = new Proxy({ rows: 3 }, {
    getPrototypeOf() {
      throw new Error("no prototype");
    },
  });
  new TaskLogger(channel, "task").info("survived", unprototyped);
  await channel.flush();
  assertEquals(lines.length, 1);
  assertStringIncludes(lines.join(""), '"event":"survived","rows":3');
});

Deno.test("TaskLogger: drops fields whose names cannot be read", async () => {
  const events = await logged((logger) => logger.with(hostile).info("survived", { rows: 3 }));
  assertEquals(events, ["survived"]);
});

Deno.test("TaskLogger: has methods that can be passed as callbacks", async () => {
  const events = await logged(async (logger) => {
    const { debug, info, warn, error, critical } = logger;
    for (const method of [debug, info, warn, error, critical]) method("by itself");
    // An error in the event's place, as .catch() gives it, is shown as one.
    await Promise.reject(new RangeError("too far")).catch(error);
    await Promise.reject(new RangeError("too far")).catch(logger.with({ rows: 1 }).error);
  });
  // The level leaves out debug().
  const own = Array.from({ length: 4 }, () => "by itself");
  const shown = "RangeError: too far: too far";
  assertEquals(events, [...own, shown, shown]);
});

Deno.test("TaskLogger: shows an event that is not a string", async () => {
  const events = await logged(async ({ error }) => {
    for (const thrown of [undefined, Symbol("s"), Object.create(null), { rows: 3 }, secretive]) {
      await Promise.reject(thrown).catch(error);
    }
  });
  const shown = ["undefined", "Symbol(s)", "[Object: null prototype] {}", "{ rows: 3 }"];
  assertEquals(events, [...shown, "[cannot show]"]);
});

Deno.test("TaskLogger: writes an event for a proxy whose traps throw", async () => {
  const [event] = await logged(({ error }) => Promise.reject(hostile).catch(error));
  // Deno.inspect() calls the traps up to Deno 2.8, and shows the proxy's target from 2.9 on.
  assertMatch(event ?? "", /^\[cannot show\]$|^\{ rows: 3 \}$/);
});
