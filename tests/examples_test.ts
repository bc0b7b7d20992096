// Runs each folder of examples/ under `dev` with the command in its first line, and expects the states
// in its dev.json.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { runCli } from "./cli/cli_command.ts";
import { DENO_OPTIONS, ROOT } from "./cli/packed.ts";
import type { Ended } from "./runtime/hand_supervisor.ts";
import { isQuick } from "./thoroughness.ts";

/** The examples of the quick run; tests of local and runtime cover the others. */
const SHORT = new Set(["etl", "native_etl", "sensor"]);

const EXAMPLES = Array.from(Deno.readDirSync(`${ROOT}/examples`))
  .filter(({ isDirectory }) => isDirectory).map(({ name }) => name).sort();
/** The number of examples at once: three keep two cores busy, because they wait for processes. */
const AT_ONCE = 3;

function isLeftOut(name: string): boolean {
  return isQuick && !SHORT.has(name);
}

const ended = new Map<string, Ended>();

Deno.test.beforeAll(async () => {
  const left = EXAMPLES.filter((name) => !isLeftOut(name)).values();
  const work = async (): Promise<void> => {
    for (const name of left) ended.set(name, await runExample(name));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
});

/** Runs an example by the options of its first line. */
async function runExample(name: string): Promise<Ended> {
  const folder = `${ROOT}/examples/${name}`;
  const [schema] = /--schema \S+/.exec(firstLine(name)) ?? [];
  return await runCli("dev", ...DENO_OPTIONS, ...[
    "--json",
    "--max-wait=0.1",
    `--fixtures=${folder}/dev.json`,
    ...schema?.split(" ") ?? [],
    `${folder}/main.ts`,
  ]);
}

function firstLine(name: string): string {
  const [line = ""] = Deno.readTextFileSync(`${ROOT}/examples/${name}/main.ts`).split("\n");
  return line;
}

for (const name of EXAMPLES) {
  Deno.test({
    name: `examples/${name}: reports the expected states under dev`,
    ignore: isLeftOut(name),
    fn() {
      const { code, stdout, stderr } = ended.get(name) ?? {};
      assertEquals(code, 0, `${stdout}${stderr}`);
      const { dagId, tasks } = JSON.parse(stdout ?? "");
      assertEquals(dagId, name);
      assert(tasks.length > 0);
    },
  });
}

for (const name of EXAMPLES) {
  Deno.test(`examples/${name}: explains how to run it and has a Dag`, () => {
    const line = firstLine(name);
    assert(line.startsWith("// "), line);
    assertStringIncludes(line, `examples/${name}/main.ts`);
    assertStringIncludes(line, "airflow-task-runtime dev ");
    assertStringIncludes(line, `--fixtures examples/${name}/dev.json`);
    // A whole Dag needs no Python.
    for (const file of name.startsWith("native_") ? ["dev.json"] : ["dag.py", "dev.json"]) {
      assert(Deno.statSync(`${ROOT}/examples/${name}/${file}`).isFile, file);
    }
  });
}
