import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { TemporaryFolder } from "../../../src/bundle/output_file.ts";
import type { LogRecord } from "../../../src/local/supervisor/log_record.ts";
import { parseFile, type ParseRun } from "../../../src/local/supervisor/parse.ts";
import { MemoryStore } from "../../../src/local/store/store.ts";
import { authorCommand, taskCommand } from "../../author_command.ts";
import { entryCommand, launchCommand } from "../../cli/cli_command.ts";
import { runAlone } from "../hand_supervisor.ts";
import { runTask } from "../run_task.ts";

function testdata(name: string): string {
  return new URL(`../testdata/${name}`, import.meta.url).pathname;
}

const FAULTS = new URL("../../faults/testdata/faults.ts", import.meta.url);

/** A port on which nothing listens. */
const DEAD = "127.0.0.1:1";

/** The two ways to start a bundle: by itself, and loaded by the binary's entry. */
const STARTS: [name: string, command: string[]][] = [
  ["a module", authorCommand(FAULTS)],
  ["the binary", launchCommand(testdata("serves.mjs"))],
];

for (const [name, command] of STARTS) {
  Deno.test(`a launch of ${name}: exits with 1 and prints the cause when the supervisor is gone`, async () => {
    const { code, stdout, stderr } = await runAlone([
      ...command,
      `--comm=${DEAD}`,
      `--logs=${DEAD}`,
    ]);
    assertEquals([code, stdout], [1, ""]);
    assertEquals(stderr.trimEnd().split("\n").length, 1, stderr);
    assert(/^error: .*refused/i.test(stderr), stderr);
  });

  for (
    const [args, reason] of [
      [["--comm=nowhere", "--logs=127.0.0.1:1"], "--comm=nowhere must be host:port"],
      [
        ["--comm=127.0.0.1:65536", "--logs=127.0.0.1:1"],
        "--comm=127.0.0.1:65536 must be host:port",
      ],
      [["--comm=127.0.0.1:0", "--logs=127.0.0.1:1"], "--comm=127.0.0.1:0 must be host:port"],
      [["--comm=127.0.0.1:1"], "--logs=host:port is missing. Airflow's coordinator passes it"],
    ] as const
  ) {
    Deno.test(`a launch of ${name}: exits with 2 when started with ${args.join(" ")}`, async () => {
      const { code, stdout, stderr } = await runAlone([...command, ...args]);
      assertEquals([code, stdout, stderr], [2, "", `error: Cannot start: ${reason}\n`]);
    });
  }
}

Deno.test("a module: exits with 2 and prints how to run it when started without arguments", async () => {
  const { code, stdout, stderr } = await runAlone(authorCommand(FAULTS));
  assertEquals([code, stdout], [2, ""]);
  assertStringIncludes(stderr, "airflow-task-runtime dev FILE");
});

Deno.test("the binary: runs a bundle that does not await serve()", async () => {
  const ran = await runTask("works", { command: entryCommand(testdata("serves.mjs")) });
  assertEquals([ran.state, ran.exitCode, ran.returned], ["success", 0, { try: 1 }]);
  assertEquals([ran.stdout, ran.stderr], [[], []]);
  assertEquals(ran.log.map(({ event }) => event), ["at work"]);
});

/** Returns the exception in the log of a bundle that could not be loaded. */
function loadError(log: readonly LogRecord[]): string {
  assertEquals(log.map(({ level, event }) => [level, event]), [[
    "error",
    "Cannot load the bundle",
  ]]);
  return JSON.stringify(log[0]?.exception);
}

const BROKEN: [what: string, path: string, error: string][] = [
  ["throws while loading", testdata("throws_while_loading.mjs"), "no warehouse at load time"],
  ["never serves", testdata("never_serves.mjs"), "it never called serve()"],
  ["does not exist", "/no/such/bundle.mjs", "/no/such/bundle.mjs"],
];

for (const [what, path, error] of BROKEN) {
  Deno.test(`a bundle that ${what}: fails the task and logs the error`, async () => {
    const ran = await runTask("works", { command: launchCommand(path) });
    assertEquals([ran.state, ran.exitCode], ["failed", 0]);
    assertEquals(ran.requests.map(({ type }) => type), ["TaskState"]);
    assertEquals([ran.stdout, ran.stderr], [[], []]);
    assertStringIncludes(loadError(ran.log), error);
  });

  Deno.test(`a bundle that ${what}: reports an import error to the Dag processor`, async () => {
    const { result, exitCode } = await parse(launchCommand(path));
    assertEquals([exitCode, result?.serialized_dags], [0, []]);
    assertStringIncludes(String(result?.import_errors?.["bundles/etl"]), error);
  });
}

Deno.test("a bundle that throws while loading: is retried, and the log shows the place", async () => {
  const command = launchCommand(testdata("throws_while_loading.mjs"));
  const ran = await runTask("works", { command, retries: 1 });
  assertEquals([ran.state, ran.requests.map(({ type }) => type)], ["up_for_retry", ["RetryTask"]]);
  assertStringIncludes(
    String(ran.requests[0]?.body?.["retry_reason"]),
    "no warehouse at load time",
  );
  assertStringIncludes(loadError(ran.log), "openWarehouse");
  assertStringIncludes(loadError(ran.log), "throws_while_loading.mjs");
});

Deno.test("the binary: fails the task when the path of the bundle is missing", async () => {
  const ran = await runTask("works", { command: launchCommand() });
  assertEquals([ran.state, ran.exitCode], ["failed", 0]);
  assertStringIncludes(loadError(ran.log), "the path of the bundle is missing before --comm");
});

Deno.test("the binary: loads a bundle with special characters in its path", async () => {
  await using folder = await TemporaryFolder.create();
  const path = `${folder.path}/a b#c?d%20é.mjs`;
  const metadata = '\n//# airflowMetadata={"permissions":{}}\n';
  await Deno.writeTextFile(path, `${metadata}throw new Error("loaded all the same");\n`);
  const ran = await runTask("works", { command: launchCommand(path) });
  assertStringIncludes(loadError(ran.log), "loaded all the same");
});

function parse(command: readonly string[]): Promise<ParseRun> {
  return parseFile({ command, file: "/bundles/etl", store: new MemoryStore() });
}

for (
  const [name, command] of [
    ["a module", taskCommand(FAULTS)],
    // It imports the sources.
    ["the binary", entryCommand(testdata("serves.mjs"))],
  ] as const
) {
  Deno.test(`a launch of ${name}: answers the Dag processor when it defines no Dag`, async () => {
    const { result, exitCode, requests, stdout } = await parse(command);
    assertEquals(result, {
      type: "DagFileParsingResult",
      fileloc: "/bundles/etl",
      serialized_dags: [],
      warnings: [],
      import_errors: {},
    });
    assertEquals([exitCode, requests.length, stdout], [0, 1, []]);
  });
}
