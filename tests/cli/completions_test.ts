import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { COMMANDS } from "../../src/cli/command.ts";
import { isInstalled, run } from "../bundle/bundle_parts.ts";
import { runCli } from "./cli_command.ts";

const PROGRAM = "airflow-task-runtime";

/** Writes the completion script of a shell to a file; returns its path. */
async function writeScript(folder: string, shell: string): Promise<string> {
  const { code, stdout, stderr } = await runCli("completions", shell);
  assertEquals([code, stderr], [0, ""]);
  const path = `${folder}/${shell}.script`;
  await Deno.writeTextFile(path, stdout);
  return path;
}

/** Returns the completions of bash for the last word. */
async function completeInBash(path: string, words: string[], cwd: string): Promise<string[]> {
  const text = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); ` +
    `_airflow_task_runtime; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const args = ["-c", text, "bash", path, PROGRAM, ...words];
  const { code, stdout, stderr } = await run("bash", args, { cwd });
  assertEquals([code, stderr], [0, ""]);
  return stdout.split("\n").filter((line) => line !== "").sort();
}

Deno.test("completions bash: completes commands, options, their values, and files", async () => {
  await using folder = await TemporaryFolder.create();
  const path = await writeScript(folder.path, "bash");
  await Deno.mkdir(`${folder.path}/a folder`);
  await Deno.writeTextFile(`${folder.path}/a file.ts`, "");
  const cases: [words: string[], proposals: string[]][] = [
    [[""], [...Object.keys(COMMANDS), "--help", "--version"].sort()],
    [["in"], ["init", "inspect"]],
    [["inspect", "--"], ["--help", "--json"]],
    [["pack", "--form", ""], ["node", "self-contained", "thin"]],
    [["pack", "--form", "=", "n"], ["node"]],
    [["pack", "--form", "="], ["node", "self-contained", "thin"]],
    [["dev", "--schema", "2026-1"], ["2026-10-30"]],
    [["dev", "--task", ""], []],
    [["inspect", "a"], ["a file.ts", "a folder"]],
    [["init", "a"], ["a folder"]],
    [["completions", ""], ["bash", "fish", "zsh"]],
    [["wash", ""], []],
  ];
  for (const [words, proposals] of cases) {
    assertEquals(await completeInBash(path, words, folder.path), proposals, words.join(" "));
  }
});

Deno.test("completions bash: completes exactly the options of each command", async () => {
  await using folder = await TemporaryFolder.create();
  const path = await writeScript(folder.path, "bash");
  for (const [name, load] of Object.entries(COMMANDS)) {
    const { line, help } = await load();
    const options = [...line.options.map((option) => `--${option.name}`), "--help"].sort();
    assertEquals(await completeInBash(path, [name, "-"], folder.path), options);
    for (const option of line.options) assertStringIncludes(help, `\n  --${option.name} `);
  }
});

Deno.test({
  name: "completions zsh: registers its function",
  ignore: !await isInstalled("zsh"),
  fn: async () => {
    await using folder = await TemporaryFolder.create();
    const path = await writeScript(folder.path, "zsh");
    const text =
      `autoload -Uz compinit && compinit -u -d "$2" && source "$1" && print $_comps[${PROGRAM}]`;
    const args = ["-fc", text, "zsh", path, `${folder.path}/dump`];
    const { code, stdout, stderr } = await run("zsh", args);
    assertEquals([code, stdout, stderr], [0, `_${PROGRAM}\n`, ""]);
  },
});

Deno.test({
  name: "completions fish: completes commands, options and their values",
  ignore: !await isInstalled("fish"),
  fn: async () => {
    await using folder = await TemporaryFolder.create();
    const path = await writeScript(folder.path, "fish");
    const propose = async (line: string): Promise<string[]> => {
      const text = `source ${path}; complete -C "${PROGRAM} ${line}"`;
      const { code, stdout } = await run("fish", ["--no-config", "-c", text], {
        env: { HOME: folder.path },
      });
      assertEquals(code, 0);
      return stdout.trim().split("\n").map((each) => each.split("\t")[0] ?? "").sort();
    };
    assertEquals(await propose("ins"), ["inspect"]);
    assertEquals(await propose("pack --form "), ["node", "self-contained", "thin"]);
    assertEquals(await propose("inspect --"), ["--help", "--json"]);
    assertEquals(await propose("completions "), ["bash", "fish", "zsh"]);
  },
});

Deno.test("completions: exits with 2 when the shell is unknown", async () => {
  const { code, stdout, stderr } = await runCli("completions", "tcsh");
  assertEquals([code, stdout], [2, ""]);
  assertStringIncludes(stderr, "the shell must be one of bash, zsh, fish, got tcsh");
  assert(!stderr.includes("    at "));
});
