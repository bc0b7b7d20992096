import { assertEquals, assertThrows } from "@std/assert";
import { TaskRuntimeError } from "../../src/error.ts";
import { ask } from "../../src/sdk/question.ts";
import { TaskHandler } from "../../src/sdk/task_handler.ts";

Deno.test("TaskHandler: has the continuations of its handler and of its options", () => {
  const question = ask({ subject: "?", options: ["yes"] }, () => {});
  const handler = new TaskHandler("d", "t", question, { continuations: { more: () => {} } });
  assertEquals(handler.continuationNames, ["answered", "more"]);
});

Deno.test("TaskHandler: refuses a continuation that its handler already has", () => {
  const question = ask({ subject: "?", options: ["yes"] }, () => {});
  const error = assertThrows(
    () => new TaskHandler("d", "t", question, { continuations: { answered: () => {} } }),
    TaskRuntimeError,
    'two continuations have the name "answered"',
  );
  assertEquals(error.code, "CONFLICT");
});

for (const name of ["", "__fail__"]) {
  Deno.test(`TaskHandler: refuses a continuation with the name "${name}"`, () => {
    assertThrows(
      () => new TaskHandler("d", "t", () => {}, { continuations: { [name]: () => {} } }),
      TaskRuntimeError,
      "a continuation cannot have the name",
    );
  });
}
