import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseFile, type ParseRun } from "../../src/local/supervisor/parse.ts";
import { MemoryStore } from "../../src/local/store/store.ts";

const TASK = new URL("testdata/task.ts", import.meta.url).pathname;
const parse = (scenario: string): Promise<ParseRun> =>
  parseFile({
    command: [Deno.execPath(), "run", "--no-config", "--no-lock", "-A", TASK, scenario],
    file: "/bundles/etl",
    store: new MemoryStore(),
  });

Deno.test("parseFile() gives the parse's result and answers what is asked on the way", async () => {
  const run = await parse("parse");
  assertEquals(run.result?.fileloc, "/bundles/etl");
  assertEquals(run.result?.serialized_dags, []);
  assertEquals(run.requests.map(({ type, answered }) => [type, answered]), [
    ["GetVariable", "not-found"],
    ["DagFileParsingResult", "empty"],
  ]);
  assertEquals(run.failure, undefined);
});

Deno.test("parseFile() ends the process on a message that does not validate", async () => {
  const run = await parse("parse-invalid");
  assertEquals([run.result, run.signal], [null, "SIGTERM"]);
  assertStringIncludes(run.failure ?? "", "a message was invalid");
});

Deno.test("parseFile() has no result from a process that goes without a word", async () => {
  assertEquals((await parse("exit-0")).result, null);
});
