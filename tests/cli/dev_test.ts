import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { cliCommand, runCli } from "./cli_command.ts";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { DENO_OPTIONS, ETL, FIXTURES, packedBundle, ROOT } from "./packed.ts";
import { hasTerminal, onTerminal } from "./terminal.ts";
import { isQuick } from "../thoroughness.ts";

/** Splits the result table into columns. */
function table(stdout: string): string[][] {
  const lines = stdout.trim().split("\n");
  return lines.slice(0, lines.indexOf("")).map((line) => line.split(/ {2,}/));
}

Deno.test("dev: runs the tasks of a module, with the log on stderr and the result on stdout", async () => {
  const { code, stdout, stderr } = await runCli(
    "dev",
    ...DENO_OPTIONS,
    `--fixtures=${FIXTURES}`,
    ETL,
  );
  assertEquals(code, 0, stderr);
  const rows = table(stdout).map(([task, state, tries, , xcom]) => [task, state, tries, xcom]);
  assertEquals(rows, [
    ["TASK", "STATE", "TRIES", "XCOM"],
    ["extract", "success", "1", '{"region":"eu","since":"2026-01-01","rows":[3,5,34]}'],
    ["transform", "success", "2", '{"region":"eu","total":42}'],
    ["audit", "failed (as expected)", "1", undefined],
  ]);
  assertStringIncludes(stdout, "every task ended as expected\n");
  assertStringIncludes(stderr, "extracting region=eu since=2026-01-01");
  assertStringIncludes(stderr, "Error: The warehouse is busy: try again");
  assert(!`${stdout}${stderr}`.includes("\x1b["), "no colors in a pipe");
});

for (const [form, file] of [["thin", "etl"], ["node", "etl.min.mjs"]] as const) {
  Deno.test({
    name: `dev: runs a ${form} bundle and exits with 1 when a task fails`,
    // tests/cli/binary_test.ts covers the thin bundle in the quick run.
    ignore: isQuick && form === "thin",
    async fn() {
      await using folder = await TemporaryFolder.create();
      const path = `${folder.path}/${file}`;
      await packedBundle(path, ETL, "--form", form);
      const { code, stdout } = await runCli("dev", "--json", path);
      const { asExpected, tasks } = JSON.parse(stdout);
      assertEquals([code, asExpected], [1, false]);
      assertEquals(
        tasks.map((task: Record<string, unknown>) => [task["taskId"], task["state"]]),
        [["extract", "failed"], ["transform", "failed"], ["audit", "failed"]],
      );
    },
  });
}

Deno.test("dev --task --json: runs only these tasks and prints no log", async () => {
  const { code, stdout, stderr } = await runCli(
    "dev",
    ...DENO_OPTIONS,
    "--json",
    "--task=audit",
    `--fixtures=${FIXTURES}`,
    ETL,
  );
  assertEquals([code, stderr], [0, ""]);
  const { dagId, tasks } = JSON.parse(stdout);
  assertEquals([dagId, tasks.length, tasks[0].taskId, tasks[0].expected], [
    "etl",
    1,
    "audit",
    "failed",
  ]);
});

for (
  const [args, exitCode, message] of [
    [["--task=load", ETL], 2, 'Task "load" does not exist in Dag "etl"; it has extract, transform'],
    [["--dag=elt", ETL], 2, `Dag "elt" does not exist in "${ETL}"; it has etl`],
    [["/no/such/bundle"], 1, "Cannot read bundle /no/such/bundle: there is no such file"],
    [["/no/such/module.ts"], 1, 'Cannot run "/no/such/module.ts": the file does not exist'],
    [["--fixtures=/no/such.json", ETL], 1, 'Cannot read fixtures "/no/such.json": '],
    [[`--fixtures=${ETL}`, ETL], 1, "Cannot read the fixtures: "],
    [[`${ROOT}/LICENSE`], 1, `Cannot read bundle ${ROOT}/LICENSE: it has no bundle trailer`],
  ] as const
) {
  Deno.test(`dev ${args.join(" ").replaceAll(ETL, "ETL").replace(`${ROOT}/`, "")}: exits with ${exitCode}`, async () => {
    const { code, stdout, stderr } = await runCli("dev", ...DENO_OPTIONS, ...args);
    assertEquals([code, stdout], [exitCode, ""]);
    assertStringIncludes(stderr, message);
    assertEquals(stderr.trimEnd().split("\n").length, 1, stderr);
  });
}

Deno.test("dev: fails when the bundle was changed after packing", async () => {
  await using folder = await TemporaryFolder.create();
  const path = `${folder.path}/etl`;
  await packedBundle(path, ETL);
  const bytes = await Deno.readFile(path);
  bytes[5000] = (bytes[5000] ?? 0) ^ 1;
  await Deno.writeFile(path, bytes);
  const { code, stdout, stderr } = await runCli("dev", path);
  assertEquals([code, stdout], [1, ""]);
  assertStringIncludes(stderr, "was it changed after packing");
});

Deno.test("dev: stops the task as Airflow does when interrupted", async () => {
  const module = new URL("../faults/testdata/faults.ts", import.meta.url).pathname;
  const [program = "", ...args] = cliCommand(
    "dev",
    ...DENO_OPTIONS,
    "--task=listens",
    "--task=succeeds",
    module,
  );
  await using child = new Deno.Command(program, {
    args,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  // Turns a hang into a failure.
  const limit = setTimeout(() => child.kill("SIGKILL"), 20_000);
  const stdout = new Response(child.stdout).text();
  let log = "";
  for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
    const wasReady = log.includes("ready");
    log += text;
    if (!wasReady && log.includes("ready")) child.kill("SIGINT");
  }
  const { code } = await child.status;
  clearTimeout(limit);
  assertEquals(code, 1, log);
  assertStringIncludes(log, "tidied up");
  const rows = table(await stdout).map(([task, state]) => [task, state]);
  assertEquals(rows, [["TASK", "STATE"], ["listens", "failed (expected success)"]]);
});

Deno.test({
  name: "dev: colors the log on a terminal unless NO_COLOR is set",
  ignore: isQuick || !hasTerminal,
  async fn() {
    const command = cliCommand("dev", ...DENO_OPTIONS, "--task=audit", ETL);
    const [plain, colored] = await Promise.all([
      onTerminal(command, { NO_COLOR: "1" }),
      onTerminal(command, { NO_COLOR: "" }),
    ]);
    assertStringIncludes(colored, "\x1b[33mWARNING");
    assert(!plain.includes("\x1b["), plain);
    assertStringIncludes(plain, "about to fail on purpose");
  },
});

Deno.test({
  name: "dev: shows and removes the progress line without escape sequences when NO_COLOR is set",
  ignore: !hasTerminal,
  async fn() {
    const command = cliCommand("dev", ...DENO_OPTIONS, "--task=audit", ETL);
    const shown = await onTerminal(command, { NO_COLOR: "1" });
    assertStringIncludes(shown, "\raudit: try 1, 0 s, 0 requests");
    assert(!shown.includes("\x1b"), shown);
  },
});

Deno.test({
  name: "dev --report: writes the page of the run with mode 0644",
  ignore: isQuick,
  async fn() {
    await using folder = await TemporaryFolder.create();
    const path = `${folder.path}/pages/report.html`;
    const { code, stderr } = await runCli(
      ...["dev", "--json", ...DENO_OPTIONS, `--fixtures=${FIXTURES}`, `--report=${path}`, ETL],
    );
    assertEquals(code, 0, stderr);
    assertStringIncludes(await Deno.readTextFile(path), "The audit found a discrepancy");
    assertEquals(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o644);
  },
});
