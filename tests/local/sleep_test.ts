import { assertEquals } from "@std/assert";
import { sleep } from "../../src/local/supervisor/sleep.ts";

Deno.test("sleep(): does not resolve early when the wait is longer than the longest timer", async () => {
  const abort = new AbortController();
  let isOver = false;
  const long = sleep(30 * 24 * 60 * 60, abort.signal).then(() => isOver = true);
  await sleep(0.05);
  assertEquals(isOver, false);
  abort.abort();
  await long;
});

Deno.test("sleep(): resolves at once when the signal is aborted or the time is over", async () => {
  await sleep(60, AbortSignal.abort());
  await sleep(0);
  await sleep(-1);
});
