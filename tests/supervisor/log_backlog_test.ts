import { assert, assertEquals } from "@std/assert";
import { LogBacklog } from "../../src/supervisor/log_backlog.ts";
import { createOverflowFile } from "../../src/supervisor/overflow_file.ts";

/** All that a backlog holds, as text. */
function drained(backlog: LogBacklog): string {
  const decoder = new TextDecoder();
  let text = "";
  for (let chunk = backlog.take(); chunk !== undefined; chunk = backlog.take()) {
    text += decoder.decode(chunk, { stream: true });
  }
  return text;
}

function numbered(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, i) => `line ${from + i} é\n`);
}

Deno.test("LogBacklog: keeps the order of lines in memory and in the file", () => {
  using backlog = new LogBacklog({ memoryBytes: 5000 });
  let text = "";
  const decoder = new TextDecoder();
  // Taken while others come: from memory, from the file, and from memory again.
  for (let i = 0; i < 20; i++) {
    for (const line of numbered(1000 * i, 1000 * (i + 1))) backlog.push(line);
    if (i % 3 === 0) text += decoder.decode(backlog.take(), { stream: true });
  }
  text += drained(backlog);
  assertEquals(text, numbered(0, 20_000).join(""));
  assertEquals(backlog.take(), undefined);
});

Deno.test("LogBacklog: takes a line longer than its memory", () => {
  using backlog = new LogBacklog({ memoryBytes: 10 });
  const lines = ["x".repeat(100) + "\n", "y".repeat(1_000_000) + "\n", "z\n"];
  for (const line of lines) backlog.push(line);
  assertEquals(drained(backlog), lines.join(""));
});

Deno.test({
  name:
    "LogBacklog: keeps four times as much in memory, then refuses lines, when no file can be created",
  permissions: { write: false },
  fn() {
    using backlog = new LogBacklog({ memoryBytes: 1000 });
    const lines = Array.from({ length: 100 }, () => "x".repeat(99) + "\n");
    const taken = lines.filter((line) => backlog.push(line));
    assertEquals(taken.length, 40);
    assertEquals(drained(backlog), taken.join(""));
    assert(backlog.push("room again\n"));
    assertEquals(drained(backlog), "room again\n");
  },
});

Deno.test({
  name: "LogBacklog: reuses the file that it is given, without permissions",
  permissions: { read: true, write: true },
  fn() {
    const overflow = createOverflowFile();
    assert(overflow !== undefined);
    Deno.permissions.revokeSync({ name: "read" });
    Deno.permissions.revokeSync({ name: "write" });
    const size = (): number => overflow.seekSync(0, Deno.SeekMode.End);
    using backlog = new LogBacklog({ memoryBytes: 1000, overflow });
    const lines = Array.from({ length: 1000 }, (_, i) => `line ${i} ${"x".repeat(90)}\n`);
    for (let round = 0; round < 3; round++) {
      for (const line of lines) assert(backlog.push(line));
      assert(size() > 90_000);
      assertEquals(drained(backlog), lines.join(""));
      assertEquals(size(), 0, "the disk has its room back");
    }
  },
});

Deno.test({
  name: "LogBacklog: keeps lines in memory when its file takes neither a write nor a truncation",
  permissions: { read: true, write: true },
  fn() {
    const path = Deno.makeTempFileSync();
    const overflow = Deno.openSync(path, { read: true });
    Deno.removeSync(path);
    using backlog = new LogBacklog({ memoryBytes: 1000, overflow });
    const lines = Array.from({ length: 20 }, (_, i) => `line ${i} ${"x".repeat(90)}\n`);
    for (const line of lines) backlog.push(line);
    assertEquals(drained(backlog), lines.join(""));
  },
});
