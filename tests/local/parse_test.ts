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

Deno.test("parseFile(): returns the parsing result and answers requests on the way", async () => {
  const run = await parse("parse");
  assertEquals(run.result?.fileloc, "/bundles/etl");
  assertEquals(run.result?.serialized_dags, []);
  assertEquals(run.requests.map(({ type, answered }) => [type, answered]), [
    ["GetVariable", "not-found"],
    ["DagFileParsingResult", "empty"],
  ]);
  assertEquals(run.failure, undefined);
});

Deno.test("parseFile(): terminates the process when a message is invalid", async () => {
  const run = await parse("parse-invalid");
  assertEquals([run.result, run.signal], [null, "SIGTERM"]);
  assertStringIncludes(run.failure ?? "", "a message was invalid");
});

Deno.test("parseFile(): returns no result when the process exits without one", async () => {
  assertEquals((await parse("exit-0")).result, null);
});
