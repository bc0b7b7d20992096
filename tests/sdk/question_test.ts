import { assertEquals, assertThrows } from "@std/assert";
import { TaskRuntimeError } from "../../src/error.ts";
import { AwaitInput, type Question } from "../../src/sdk/question.ts";

const QUESTION: Question = { subject: "Continue?", options: ["yes", "no"] };

for (
  const [reason, change] of [
    ['"options" must not be empty', { options: [] }],
    ['"options" must be unique', { options: ["yes", "yes"] }],
    ['the default "maybe" is not one of the options', { defaults: ["maybe"] }],
    ['several defaults need "multiple"', { defaults: ["yes", "no"] }],
    ["must be a non-negative length of time, got -1", { timeout: -1 }],
    ['a param cannot have the name "_options"', { params: { _options: {} } }],
    ['must not have the key "event"', { kwargs: { event: 1 } }],
  ] as const
) {
  Deno.test(`AwaitInput: refuses a question when ${reason}`, () => {
    const ask = (): AwaitInput => new AwaitInput({ ...QUESTION, resume: "on", ...change });
    assertThrows(ask, TaskRuntimeError, reason);
  });
}

Deno.test("AwaitInput: has question, continuation, kwargs and cause", () => {
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
