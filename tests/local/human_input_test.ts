import { assertEquals, assertStringIncludes } from "@std/assert";
import { promptHuman } from "../../src/local/scheduler/human_input.ts";
import type { HitlRow } from "../../src/local/store/store.ts";

const QUESTION: HitlRow = {
  dagId: "etl",
  runId: "run",
  taskId: "approve",
  mapIndex: -1,
  options: ["approve", "reject"],
  subject: "Load \x1b[2J?",
  body: "5 rows",
  defaults: null,
  multiple: false,
  params: { rows: { value: 5 }, why: null },
  assignedUsers: [],
};

async function answer(
  question: Partial<HitlRow>,
  ...typed: string[]
): Promise<{ answer: unknown; shown: string }> {
  let shown = "";
  const terminal = {
    write: (text: string): void => void (shown += text),
    async *lines(): AsyncGenerator<string> {
      yield* typed;
    },
  };
  return { answer: await promptHuman(terminal, { ...QUESTION, ...question }), shown };
}

Deno.test("promptHuman(): accepts a number or a name, and uses defaults for empty lines", async () => {
  const { answer: given, shown } = await answer({}, "1", "", "because");
  assertEquals(given, {
    chosenOptions: ["approve"],
    paramsInput: { rows: 5, why: "because" },
    respondedBy: null,
  });
  // Control characters of a task's text are escaped.
  assertStringIncludes(shown, "Load \\x1b[2J?\n5 rows\n  1 approve\n  2 reject\n");
  assertStringIncludes(shown, "rows [5]: ");
});

Deno.test("promptHuman(): asks again when the answer is not an option", async () => {
  const { answer: given, shown } = await answer({ params: {} }, "3", "approve,reject", "reject");
  assertEquals(Object(given).chosenOptions, ["reject"]);
  assertStringIncludes(shown, '"3" must be one of approve, reject');
  assertStringIncludes(shown, "only one option can be chosen");
  const several = await answer({ params: {}, multiple: true }, "2, approve");
  assertEquals(Object(several.answer).chosenOptions, ["reject", "approve"]);
});

Deno.test("promptHuman(): returns undefined when the input ends", async () => {
  assertEquals((await answer({}, "approve")).answer, undefined);
});
