import { assert, assertEquals } from "@std/assert";
import { LogChannel } from "../../src/supervisor/log_channel.ts";
import { LogLevelFilter } from "../../src/supervisor/log_level.ts";
import type { LogEvent } from "../../src/supervisor/log_line.ts";
import { tcpPair } from "./tcp_pair.ts";

const LINES = 20_000;

function event(text: string, level: LogEvent["level"] = "info"): LogEvent {
  return { level, event: text, logger: "task" };
}

function eventsIn(text: string): string[] {
  assert(text.endsWith("\n"), "no line is cut");
  return text.trimEnd().split("\n").map((line) => JSON.parse(line).event);
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `line ${index}`);
}

Deno.test("LogChannel: sends the lines of one turn of the event loop in order, in few writes", async () => {
  using pair = await tcpPair();
  const channel = new LogChannel(pair.near, new LogLevelFilter());
  const text = pair.far.readText();
  for (const line of numbered(LINES)) channel.write(event(line));
  await channel.flush();
  channel[Symbol.dispose]();
  assertEquals(eventsIn(await text), numbered(LINES));
  assert(pair.near.writes.length < 500, `${pair.near.writes.length} writes`);
});

Deno.test("LogChannel: keeps the order of lines written while others are sent", async () => {
  using pair = await tcpPair();
  const channel = new LogChannel(pair.near, new LogLevelFilter());
  const text = pair.far.readText();
  for (const line of numbered(2000)) {
    channel.write(event(line));
    await Promise.resolve();
  }
  await channel.flush();
  channel[Symbol.dispose]();
  assertEquals(eventsIn(await text), numbered(2000));
});

Deno.test("LogChannel: sends every line to a slow reader", async () => {
  using pair = await tcpPair();
  const channel = new LogChannel(pair.near, new LogLevelFilter());
  // More than the sockets' buffers of both ends can hold.
  const filler = "x".repeat(2000);
  for (const line of numbered(LINES)) channel.write({ ...event(line), fields: { filler } });
  let flushed = false;
  const flush = channel.flush().then(() => {
    flushed = true;
  });
  const first = await pair.far.read();
  assertEquals(flushed, false, "flush() waits for the reader");
  const rest = pair.far.readText();
  await flush;
  channel[Symbol.dispose]();
  const text = new TextDecoder().decode(first ?? new Uint8Array()) + await rest;
  assertEquals(eventsIn(text), numbered(LINES));
});

Deno.test("LogChannel: never throws when the supervisor is gone", async () => {
  using pair = await tcpPair();
  const channel = new LogChannel(pair.near, new LogLevelFilter());
  channel.write(event("never read"));
  await channel.flush();
  pair.far.close();
  assertEquals(channel.wants("critical", "task"), true, "the loss is not noticed yet");
  while (channel.wants("critical", "task")) {
    channel.write(event("x".repeat(100_000)));
    await channel.flush();
  }
  const before = pair.near.writes.length;
  channel.write(event("into the void", "critical"));
  await channel.flush();
  assertEquals(pair.near.writes.length, before, "it is not tried again");
});

Deno.test("LogChannel: takes no line once disposed", async () => {
  using pair = await tcpPair();
  const channel = new LogChannel(pair.near, new LogLevelFilter());
  channel[Symbol.dispose]();
  channel.write(event("late"));
  await channel.flush();
  assertEquals([pair.near.writes, await pair.far.readText()], [[], ""]);
});

Deno.test("LogChannel: leaves out events below the level that Airflow sets", async () => {
  using pair = await tcpPair();
  const channel = new LogChannel(pair.near, new LogLevelFilter("WARNING", "task.http=DEBUG"));
  channel.write(event("quiet"));
  channel.write(event("loud", "error"));
  channel.write({ ...event("detail", "debug"), logger: "task.http" });
  await channel.flush();
  channel[Symbol.dispose]();
  assertEquals(eventsIn(await pair.far.readText()), ["loud", "detail"]);
});

Deno.test("LogChannel.flush(): resolves at once when there is nothing to send", async () => {
  using pair = await tcpPair();
  using channel = new LogChannel(pair.near, new LogLevelFilter());
  await channel.flush();
  assertEquals(pair.near.writes, []);
});

Deno.test("LogChannel: sends the first line before write() returns", async () => {
  using pair = await tcpPair();
  using channel = new LogChannel(pair.near, new LogLevelFilter());
  channel.write(event("there already"));
  channel.write(event("gathered"));
  assertEquals(pair.near.writes.length, 1);
  await channel.flush();
  assertEquals(pair.near.writes.length, 2);
});

Deno.test("LogChannel.flush(): fails when the supervisor stops reading", async () => {
  using pair = await tcpPair();
  using channel = new LogChannel(pair.near, new LogLevelFilter(), { stallSeconds: 0.05 });
  for (let i = 0; i < 40; i++) channel.write(event("x".repeat(200_000)));
  assertEquals(await channel.flush(), false);
  assertEquals(channel.wants("critical", "task"), false);
});

Deno.test("LogChannel.flush(): stops waiting when its signal is aborted, and keeps the lines", async () => {
  using pair = await tcpPair();
  using channel = new LogChannel(pair.near, new LogLevelFilter());
  for (let i = 0; i < 40; i++) channel.write(event("x".repeat(200_000)));
  assertEquals(await channel.flush(AbortSignal.abort()), false);
  const text = pair.far.readText();
  assertEquals(await channel.flush(), true);
  channel[Symbol.dispose]();
  assertEquals(eventsIn(await text).length, 40);
});

// Without a permission to make a file for them: what tests change in the environment, others see.
const NO_FILES = { permissions: { net: "inherit", write: false } } as const;

Deno.test("LogChannel: reports how many lines were dropped", NO_FILES, async () => {
  using pair = await tcpPair();
  // 16 MiB of lines, of which at most 4 fit, apart from the buffers of the sockets.
  using channel = new LogChannel(pair.near, new LogLevelFilter(), { memoryBytes: 1024 * 1024 });
  const line = "x".repeat(16 * 1024);
  for (let i = 0; i < 1024; i++) channel.write(event(line));
  const text = pair.far.readText();
  assertEquals(await channel.flush(), true);
  channel[Symbol.dispose]();
  const lines = (await text).trimEnd().split("\n").map((each) => JSON.parse(each));
  const told = lines.find(({ event }) => event !== line);
  assertEquals(told?.level, "warning");
  assert(told?.lines > 0);
  assertEquals(lines.length - 1 + told?.lines, 1024);
});
