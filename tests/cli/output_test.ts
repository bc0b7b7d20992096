// Rules for every command: --json, NO_COLOR, and exit codes.
import { assert, assertEquals } from "@std/assert";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { COMMANDS } from "../../src/cli/command.ts";
import { cliCommand, runCli } from "./cli_command.ts";
import { DENO_OPTIONS, ETL, FIXTURES, packedBundle, ROOT } from "./packed.ts";
import { hasTerminal, onTerminal } from "./terminal.ts";
import { isQuick } from "../thoroughness.ts";

/** The arguments for each command that prints data, in a folder with a bundle. */
const RUNS: Readonly<Record<string, (folder: string) => string[]>> = {
  init: (folder) => [`${folder}/new`],
  dev: (folder) => [...DENO_OPTIONS, "--fixtures", FIXTURES, `${folder}/etl`],
  stubs: (folder) => [`${folder}/etl`],
  check: (folder) => [`${folder}/etl`, `${ROOT}/examples/etl/dag.py`],
  pack: (folder) => [...DENO_OPTIONS, "--out", `${folder}/packed`, ETL],
  inspect: (folder) => [`${folder}/etl`],
  doctor: () => ["--airflow", "3.4"],
  replay: (folder) => [...DENO_OPTIONS, `${folder}/etl.jsonl`, ETL],
};

async function withBundle(test: (folder: string) => Promise<void>): Promise<void> {
  await using folder = await TemporaryFolder.create();
  await packedBundle(`${folder.path}/etl`, ETL);
  const record = `--record=${folder.path}/etl.jsonl`;
  const dev = ["--json", "--max-wait=0", `--fixtures=${FIXTURES}`, record, ETL];
  assertEquals((await runCli("dev", ...DENO_OPTIONS, ...dev)).code, 0);
  await test(folder.path);
}

Deno.test({
  name: "--json: prints one line of JSON in every command",
  ignore: isQuick,
  async fn() {
    await withBundle(async (folder) => {
      for (const [name, load] of Object.entries(COMMANDS)) {
        const hasJson = (await load()).line.options.some((option) => option.name === "json");
        // A script for a shell is not data.
        assertEquals(hasJson, name !== "completions", name);
        const args = RUNS[name]?.(folder);
        if (!hasJson) continue;
        assert(args !== undefined, `RUNS has no arguments for ${name}`);
        const { stdout } = await runCli(name, "--json", ...args);
        assertEquals(stdout.split("\n").length, 2, name);
        assertEquals(typeof JSON.parse(stdout), "object", name);
      }
    });
  },
});

Deno.test({
  name: "NO_COLOR: turns off the colors of every command on a terminal",
  ignore: isQuick || !hasTerminal,
  async fn() {
    await withBundle(async (folder) => {
      for (const [name, argsIn] of Object.entries(RUNS)) {
        const command = cliCommand(
          name,
          ...argsIn(folder),
          ...(name === "init" ? ["--force"] : []),
        );
        const shown = await onTerminal(command, { NO_COLOR: "1" });
        assert(!shown.includes("\x1b["), `${name}: ${shown}`);
      }
    });
  },
});

Deno.test("exit code: is 2 for an unknown option and 0 for --help", async () => {
  for (const name of Object.keys(COMMANDS)) {
    const [wrong, help] = await Promise.all([runCli(name, "--no-such"), runCli(name, "--help")]);
    assertEquals([wrong.code, wrong.stdout, help.code, help.stderr], [2, "", 0, ""], name);
  }
});

Deno.test("exit code: is 1 when a file does not exist", async () => {
  const gone = "/no/such/file";
  const cases: [name: string, args: string[]][] = [
    ["init", ["--module", gone, "/tmp/never-made"]],
    ["dev", [gone]],
    ["stubs", [gone]],
    ["check", [gone, gone]],
    ["pack", [gone]],
    ["inspect", [gone]],
    ["doctor", ["--config", gone]],
  ];
  for (const [name, args] of cases) {
    const { code, stdout } = await runCli(name, ...args);
    assertEquals([code, stdout], [1, ""], name);
  }
});
