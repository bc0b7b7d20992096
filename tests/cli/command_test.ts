import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { COMMANDS as TABLE } from "../../src/cli/command.ts";
import { VERSION } from "../../src/runtime/version.ts";
import { runCli } from "./cli_command.ts";

const COMMANDS = Object.keys(TABLE);

for (const flag of ["--version", "-V"]) {
  Deno.test(`${flag}: prints the versions of the runtime, Deno and the schemas`, async () => {
    const { code, stdout, stderr } = await runCli(flag);
    assertEquals([code, stderr], [0, ""]);
    assertEquals(stdout.split("\n"), [
      `airflow-task-runtime ${VERSION}`,
      `deno ${Deno.version.deno}`,
      "schema 2026-06-16, 2026-10-30",
      "",
    ]);
  });
}

for (const args of [["--help"], ["-h"], ["help"]]) {
  Deno.test(`${args}: lists every command`, async () => {
    const { code, stdout, stderr } = await runCli(...args);
    assertEquals([code, stderr], [0, ""]);
    for (const command of COMMANDS) assertMatch(stdout, new RegExp(`^ {2}${command} `, "m"));
  });
}

for (const command of COMMANDS) {
  Deno.test(`${command} --help: prints the help text, whatever the other arguments`, async () => {
    const helps = await Promise.all([
      runCli(command, "--help"),
      runCli(command, "x", "-h"),
      runCli("help", command),
    ]);
    for (const { code, stdout, stderr } of helps) {
      assertEquals([code, stderr], [0, ""]);
      assertEquals(stdout, helps[0].stdout);
    }
    assertMatch(helps[0].stdout, new RegExp(`^airflow-task-runtime ${command}: .*\n\nUsage:\n`));
    for (const line of helps[0].stdout.split("\n")) {
      assertEquals(line.length <= 100, true, `wider than 100 columns: ${line}`);
    }
  });
}

const MISTAKES: [args: string[], message: string][] = [
  [["wash"], 'Cannot run "airflow-task-runtime": command "wash" does not exist'],
  [["toString"], 'Cannot run "airflow-task-runtime": command "toString" does not exist'],
  [["--verbose"], 'Cannot run "airflow-task-runtime": option --verbose does not exist'],
  [["inspect"], 'Cannot run "airflow-task-runtime inspect": an argument is missing'],
  [["inspect", "a", "b"], 'Cannot run "airflow-task-runtime inspect": too many arguments'],
  [
    ["inspect", "--loud", "a"],
    'Cannot run "airflow-task-runtime inspect": option --loud does not exist',
  ],
  [["pack"], 'Cannot run "airflow-task-runtime pack": an argument is missing'],
  [["pack", "a.ts", "--out"], 'Cannot run "airflow-task-runtime pack": option --out needs a value'],
  [
    ["pack", "a.ts", "--form=zip"],
    'Cannot run "airflow-task-runtime pack": --form must be thin, node or self-contained, got zip',
  ],
  [["dev"], 'Cannot run "airflow-task-runtime dev": an argument is missing'],
  [["check", "a"], 'Cannot run "airflow-task-runtime check": an argument is missing'],
  [["stubs"], 'Cannot run "airflow-task-runtime stubs": an argument is missing'],
  [["init", "a", "b"], 'Cannot run "airflow-task-runtime init": too many arguments'],
  [["doctor", "x"], 'Cannot run "airflow-task-runtime doctor": too many arguments'],
  [
    ["doctor", "--airflow=2.9"],
    'Cannot run "airflow-task-runtime doctor": --airflow must be 3.3 or 3.4, got 2.9',
  ],
  [["completions"], 'Cannot run "airflow-task-runtime completions": an argument is missing'],
  [["dev", "--tsak=x", "a"], 'Cannot run "airflow-task-runtime dev": option --tsak does not exist'],
];

for (const [args, message] of MISTAKES) {
  Deno.test(`"${args.join(" ")}": exits with 2 and one line on stderr`, async () => {
    const { code, stdout, stderr } = await runCli(...args);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, `error: ${message}. See "airflow-task-runtime`);
    assertEquals(stderr.split("\n").length, 2, "one line, and no stack");
  });
}

Deno.test("no argument: exits with 2 and prints the help on stderr", async () => {
  const { code, stdout, stderr } = await runCli();
  assertEquals([code, stdout], [2, ""]);
  assertStringIncludes(stderr, "Usage:");
});

Deno.test("a bundle instead of a command: exits with 2 and prints how to run it", async () => {
  const path = new URL("../runtime/testdata/serves.mjs", import.meta.url).pathname;
  const { code, stdout, stderr } = await runCli(path);
  assertEquals([code, stdout], [2, ""]);
  assertStringIncludes(stderr, `airflow-task-runtime dev ${path}`);
});
