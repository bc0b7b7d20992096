import { assertEquals, assertStringIncludes } from "@std/assert";
import { TaskLogger } from "../../src/runtime/task_logger.ts";
import { LogChannel } from "../../src/supervisor/log_channel.ts";
import { LogLevelFilter } from "../../src/supervisor/log_level.ts";

/** A channel into memory, and the lines that it wrote. */
function channelInto(lines: string[]): LogChannel {
  const transport = {
    read: () => Promise.resolve(null),
    write: (bytes: Uint8Array) => {
      lines.push(new TextDecoder().decode(bytes));
      return Promise.resolve(bytes.length);
    },
    close: () => {},
  };
  return new LogChannel(transport, new LogLevelFilter());
}

Deno.test("TaskLogger takes fields whose prototype throws, as any other", async () => {
  const lines: string[] = [];
  using channel = channelInto(lines);
  const hostile = new Proxy({ rows: 3 }, {
    getPrototypeOf() {
      throw new Error("no prototype");
    },
  });
  new TaskLogger(channel, "task").info("survived", hostile);
  await channel.flush();
  assertEquals(lines.length, 1);
  assertStringIncludes(lines.join(""), '"event":"survived","rows":3');
});
