import { assertEquals } from "@std/assert";
import { captureConsole } from "../../../src/runtime/logging/console_capture.ts";
import { TaskLogger } from "../../../src/runtime/logging/task_logger.ts";
import { eventsOf } from "../../faults/faulty.ts";
import { channelInto } from "./channel_into.ts";

class Unreadable extends Error {
  override get message(): string {
    throw new Error("no message");
  }
}

Deno.test("captureConsole(): does not throw for any values", async () => {
  const lines: string[] = [];
  using channel = channelInto(lines);
  {
    using _captured = captureConsole(new TaskLogger(channel, "task.console"));
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    console.error(new Unreadable());
    console.log("%s and", new Unreadable(), Symbol("s"), Object.create(null));
    console.log({
      get field() {
        throw new Error("no field");
      },
    });
    console.assert(false, proxy);
  }
  await channel.flush();
  assertEquals(eventsOf(lines.join("")), [
    "[cannot show]: [cannot read]",
    "[cannot show] and Symbol(s) [Object: null prototype] {}: [cannot read]",
    "{ field: [Getter] }",
    "Assertion failed [cannot show]",
  ]);
});
