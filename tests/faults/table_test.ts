// Checks that each id in the tables of README.md has a test, and that each test has an id of the tables.

import { assertEquals, assertGreater } from "@std/assert";
import { FAULTS } from "../conformance/tasks/fault_cases.ts";

const FOLDER = new URL("./", import.meta.url);
const CONFORMANCE = ["fault_cases.ts", "faults_test.ts"]
  .map((name) => new URL(`../conformance/tasks/${name}`, import.meta.url));

/** A row of the tables. */
interface Row {
  readonly id: string;
  /** The state that Airflow gives the task, or `by retries`. */
  readonly state: string;
  /** True if the fault is also run under the real Airflow. */
  readonly isRunThere: boolean;
}

async function rows(): Promise<Row[]> {
  const text = await Deno.readTextFile(new URL("README.md", FOLDER));
  return text.split("\n").filter((line) => line.startsWith("| `")).map((line) => {
    const [, id = "", , , , state = "", there = ""] = line.split("|").map((cell) => cell.trim());
    return { id: `fault.${id.replaceAll("`", "")}`, state, isRunThere: there === "yes" };
  });
}

async function testFiles(): Promise<string[]> {
  const names = Array.from(Deno.readDirSync(FOLDER), ({ name }) => name);
  const tests = names.filter((name) => name.endsWith("_test.ts") && name !== "table_test.ts");
  return await Promise.all(tests.map((name) => Deno.readTextFile(new URL(name, FOLDER))));
}

function idsIn(files: readonly string[]): string[] {
  const ids = files.flatMap((text) => text.match(/\bfault\.[a-z][a-z0-9-]*/g) ?? []);
  return [...new Set(ids)].sort();
}

Deno.test("table of faults: each id has a test, and each test an id of the table", async () => {
  const conformance = await Promise.all(CONFORMANCE.map((url) => Deno.readTextFile(url)));
  const ids = (await rows()).map(({ id }) => id);
  assertGreater(ids.length, 80);
  assertEquals(idsIn([...await testFiles(), ...conformance]), ids.toSorted());
});

Deno.test("table of faults: each title of a test ends with an id", async () => {
  const titles = (await testFiles()).flatMap((text) =>
    Array.from(
      text.matchAll(/(?:Deno\.test\(|\bname: )\s*("[^"]+"|`[^`]+`)/g),
      ([, title]) => title,
    )
  );
  assertGreater(titles.length, 60);
  assertEquals(
    titles.filter((title) => !/ \[(?:fault\.[a-z0-9-]+|\$\{id\})\]["`]$/.test(title ?? "")),
    [],
  );
});

Deno.test("table of faults: says which faults run under Airflow, and their states", async () => {
  const conformance = await Promise.all(CONFORMANCE.map((url) => Deno.readTextFile(url)));
  const there = (await rows()).filter(({ isRunThere }) => isRunThere);
  assertEquals(idsIn(conformance), there.map(({ id }) => id).sort());
  for (const { id, task, state } of FAULTS) {
    const expected = there.find((row) => row.id === id)?.state ?? "";
    const states = {
      "by retries": ["up_for_retry", "failed"],
      "as reported": ["success"],
    }[expected] ?? [expected];
    assertEquals([state].filter((state) => !states.includes(state)), [], `${id}: ${task}`);
  }
});
