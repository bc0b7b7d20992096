import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseFile, type ParseRun } from "../../../src/local/supervisor/parse.ts";
import { MemoryStore } from "../../../src/local/store/store.ts";
import { parse as parseResult } from "../../../src/runtime/dag/parse.ts";
import { authorCommand, taskCommand } from "../../author_command.ts";
import { runTask } from "../run_task.ts";

const COMMAND = taskCommand(new URL("../testdata/dag_files.ts", import.meta.url));
const ASIDE = authorCommand(new URL("../testdata/aside.ts", import.meta.url));

const REQUEST = {
  type: "DagFileParseRequest",
  file: "/dags/etl",
  bundle_path: "/dags",
  bundle_name: "dags",
} as const;

function parse(command = COMMAND): Promise<ParseRun> {
  const store = new MemoryStore();
  store.setVariable("warehouse_password", "hunter2-hunter2");
  store.setVariable("regions", '["eu", "us"]');
  return parseFile({
    command,
    file: "/dags/sub/etl",
    bundlePath: "/dags",
    store,
  });
}

Deno.test("DagFileParseRequest: returns the Dags of the files that load, and the errors of the others", async () => {
  const { result, exitCode } = await parse();
  const ids = result?.serialized_dags.map(({ data }) => Object(data["dag"]).dag_id);
  assertEquals([exitCode, ids], [0, ["here", "load_eu", "load_us"]]);
  // Not of the file itself, whose other Dags Airflow would deactivate.
  const [[place, text = ""] = [], ...others] = Object.entries(result?.import_errors ?? {});
  assertEquals([place, others], ["sub/etl (some of its Dags)", []]);
  assertStringIncludes(text, "TypeError: no warehouse at load time: ***");
  assertStringIncludes(text, "dag_files.ts:");
  assertStringIncludes(
    text,
    'defined but never called: task "torn.never_called"',
  );
});

Deno.test("DagFileParseRequest: reports unhandled rejections of a file, and loads the next file", async () => {
  const { result, log, exitCode } = await parse(ASIDE);
  const ids = result?.serialized_dags.map(({ data }) => Object(data["dag"]).dag_id);
  assertEquals([exitCode, ids], [0, ["stands", "after_it"]]);
  const errors = Object.values(result?.import_errors ?? {}).map((text) => text.split("\n")[0]);
  assertEquals(errors, ["Error: waited for without end"]);
  assertEquals(log.map(({ event }) => event), [
    "Uncaught error while Dags were loading",
  ]);
});

Deno.test("DagFileParseRequest: reports any value that a file throws", async () => {
  const first = new Error("first");
  first.cause = new Error("second", { cause: first });
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const { import_errors } = await parseResult(REQUEST, [], [undefined, "text", proxy, first]);
  const texts = String(import_errors?.["etl"]).split("\n\n");
  assertEquals(texts.slice(0, 3), [
    "A value that is not an Error was thrown: undefined",
    "A value that is not an Error was thrown: text",
    "The thrown value cannot be shown",
  ]);
  assertEquals(texts[3]?.match(/(?<=^|Caused by: )Error: \w+/g)?.slice(0, 3), [
    "Error: first",
    "Error: second",
    "Error: first",
  ]);
});

Deno.test("DagFileParseRequest: returns the path relative to the Dag bundle", async () => {
  const { result } = await parse();
  const [first] = result?.serialized_dags ?? [];
  const { fileloc, relative_fileloc } = Object(first?.data["dag"]);
  assertEquals([fileloc, relative_fileloc], ["/dags/sub/etl", "sub/etl"]);
});

Deno.test("Bundle: runs tasks of its Dags, of loaded Dags, and of Python Dags", async () => {
  const run = async (dagId: string, taskId: string): Promise<unknown> =>
    (await runTask(taskId, {
      command: COMMAND,
      dagId,
      fixtures: { variables: { regions: ["eu"] } },
    }))
      .returned;
  assertEquals(await run("here", "only"), "here");
  assertEquals(await run("python_dag", "stub"), "stub");
  assertEquals(await run("load_eu", "load"), "eu");
});
