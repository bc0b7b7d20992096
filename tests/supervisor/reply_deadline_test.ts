import { assert, assertEquals } from "@std/assert";
import { ReplyDeadline } from "../../src/supervisor/reply_deadline.ts";

/** Counts what was due; `next` resolves when there is one more. */
function counted(): { readonly deadline: ReplyDeadline; count: number; next(): Promise<void> } {
  let waiting = Promise.withResolvers<void>();
  const counter = {
    deadline: new ReplyDeadline(() => {
      counter.count++;
      waiting.resolve();
      waiting = Promise.withResolvers();
    }),
    count: 0,
    next: () => waiting.promise,
  };
  return counter;
}

Deno.test("ReplyDeadline: calls onDue once for a wait that lasts too long", async () => {
  const counter = counted();
  using deadline = counter.deadline;
  const began = performance.now();
  deadline.begin(0.02);
  await counter.next();
  assert(performance.now() - began >= 20);
  assertEquals(counter.count, 1);
});

Deno.test("ReplyDeadline: calls onDue for the present wait when the timer of an earlier one fires", async () => {
  const counter = counted();
  using deadline = counter.deadline;
  deadline.begin(0.02);
  deadline.end();
  const began = performance.now();
  deadline.begin(0.05);
  await counter.next();
  assert(performance.now() - began >= 50);
  assertEquals(counter.count, 1);
});

Deno.test("ReplyDeadline: keeps the deadline of a shorter wait after a longer one", async () => {
  const counter = counted();
  using deadline = counter.deadline;
  deadline.begin(60);
  deadline.end();
  deadline.begin(0.01);
  await counter.next();
  assertEquals(counter.count, 1);
});

Deno.test("ReplyDeadline: leaves no timer when disposed", () => {
  using deadline = new ReplyDeadline(() => {});
  deadline.begin(60);
});
