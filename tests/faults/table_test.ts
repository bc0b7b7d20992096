// The table of README.md held against the tests that it names, and the other way round.

import { assert, assertEquals } from "@std/assert";

const FOLDER = new URL("./", import.meta.url);
const CONFORMANCE = new URL("../conformance/faults_test.ts", import.meta.url);
const CASES = new URL("../conformance/fault_cases.ts", import.meta.url);

/** The titles in the last column of the tables. */
async function proofs(): Promise<string[]> {
  const text = await Deno.readTextFile(new URL("README.md", FOLDER));
  const rows = text.split("\n").filter((line) => line.startsWith("| ") && line.includes("`"));
  return rows.flatMap((row) => {
    const last = row.split(" | ").at(-1) ?? "";
    return Array.from(last.matchAll(/`([^`]+)`/g), ([, title = ""]) => title);
  });
}

/** A title in a test file as a pattern: what is filled in may be anything. */
function patternsOf(text: string): RegExp[] {
  const titles = text.matchAll(/(?:Deno\.test\(|\bname: )("[^"]+"|`[^`]+`)/g);
  return Array.from(titles, ([, quoted = ""]) => {
    const parts = quoted.slice(1, -1).split(/\$\{(?:[^{}]|\{[^}]*\})*\}/);
    return new RegExp(`^${parts.map(RegExp.escape).join(".+")}$`);
  });
}

async function testFiles(): Promise<string[]> {
  const names = Array.from(Deno.readDirSync(FOLDER), ({ name }) => name);
  const tests = names.filter((name) => name.endsWith("_test.ts") && name !== "table_test.ts");
  return await Promise.all(tests.map((name) => Deno.readTextFile(new URL(name, FOLDER))));
}

Deno.test("each proof in the table of faults is a test", async () => {
  const conformance = await Deno.readTextFile(CONFORMANCE);
  const patterns = [...await testFiles(), conformance].flatMap(patternsOf);
  const titles = await proofs();
  assert(titles.length > 80, `${titles.length} proofs`);
  const missing = titles.filter((title) => !patterns.some((pattern) => pattern.test(title)));
  assertEquals(missing, []);
});

Deno.test("each test of a fault is in the table", async () => {
  const titles = await proofs();
  const unnamed = (await testFiles()).flatMap(patternsOf)
    .filter((pattern) => !titles.some((title) => pattern.test(title)));
  assertEquals(unnamed, []);
});

Deno.test("each fault that the table names under the real Airflow is run there, to that state", async () => {
  const cases = await Deno.readTextFile(CASES);
  for (const title of await proofs()) {
    const [, task, when, state] =
      /^a fault under \{airflow\}: (\w+)(?: when (.*?))? ends (\w+)$/.exec(title) ?? [];
    if (task === undefined) continue;
    const row = `task: "${task}",${
      when === undefined ? "" : `\\s+when: "${RegExp.escape(when)}",`
    }`;
    const pattern = new RegExp(`${row}(?:(?!task: )[^])*?state: "${state}"`);
    assert(pattern.test(cases), title);
  }
});
