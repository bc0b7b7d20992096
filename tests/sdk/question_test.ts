import { assertEquals, assertThrows } from "@std/assert";
import { TaskRuntimeError } from "../../src/error.ts";
import { AwaitInput, type Question } from "../../src/sdk/question.ts";

const QUESTION: Question = { subject: "Go on?", options: ["yes", "no"] };

for (
  const [reason, change] of [
    ["there is no option", { options: [] }],
    ["an option is there twice", { options: ["yes", "yes"] }],
    ['the default "maybe" is none of the options', { defaults: ["maybe"] }],
    ["more than one default", { defaults: ["yes", "no"] }],
    ["-1 is no number of seconds", { timeout: -1 }],
    ['no param can be called "_options"', { params: { _options: {} } }],
    ['must not have the key "event"', { kwargs: { event: 1 } }],
  ] as const
) {
  Deno.test(`AwaitInput refuses a question when ${reason}`, () => {
    const ask = (): AwaitInput => new AwaitInput({ ...QUESTION, resume: "on", ...change });
    assertThrows(ask, TaskRuntimeError, reason);
  });
}

Deno.test("AwaitInput carries question, continuation, kwargs and cause", () => {
  const cause = new Error("why");
  const kwargs = { a: 1 };
  const ending = new AwaitInput({ ...QUESTION, resume: "on", kwargs, cause });
  assertEquals([ending.question, ending.resume, ending.kwargs, ending.cause], [
    QUESTION,
    "on",
    kwargs,
    cause,
  ]);
});
