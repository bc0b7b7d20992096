/**
 * capabilities.yaml held against the tests that ran: what it claims must have a proof that passed.
 *
 * @module
 */
import { parse } from "yaml";

/** One row of the matrix. */
export interface Capability {
  /** Airflow's name of it, e.g. `"skipped"` or `"xcom-read-write"`. */
  readonly name: string;
  /** MUST, SHOULD or MAY, as Airflow's conformance rules have it. */
  readonly tier: string;
  /** `"yes"` or `"no"`. */
  readonly support: string;
  /** The Airflow releases it holds on. */
  readonly airflow: readonly string[];
  /** The title of a conformance test, `{airflow}` standing for each release; empty without one. */
  readonly proof: string;
}

/** Reads the matrix: groups of rows, by name. */
export function parseCapabilities(yaml: string): Capability[] {
  const groups: Record<string, Record<string, Partial<Capability>>> = parse(yaml);
  return Object.values(groups).flatMap((rows) =>
    Object.entries(rows).map(([name, { tier = "", support = "", airflow = [], proof = "" }]) => ({
      name,
      tier,
      support,
      airflow,
      proof,
    }))
  );
}

/** What is claimed without a test that passed, a line each; none when all is well. */
export function unproven(
  capabilities: readonly Capability[],
  passed: ReadonlySet<string>,
): string[] {
  return capabilities.filter(({ support }) => support === "yes").flatMap((row) =>
    row.airflow.map((release) => row.proof.replaceAll("{airflow}", release))
      .filter((title) => !passed.has(title))
      .map((title) => `${row.name} has no proof: no test "${title}" has passed`)
  );
}

const CASE = /<testcase name="([^"]*)"[^>]*?(?:\/>|>(.*?)<\/testcase>)/gs;
const ENTITIES: Readonly<Record<string, string>> = {
  "&quot;": '"',
  "&apos;": "'",
  "&lt;": "<",
  "&gt;": ">",
  "&amp;": "&",
};

/** The titles of the tests that passed, from the JUnit report of `deno test`. */
export function passedTests(report: string): Set<string> {
  const titles = new Set<string>();
  for (const [, name = "", body = ""] of report.matchAll(CASE)) {
    if (/<(failure|error|skipped)\b/.test(body)) continue;
    titles.add(name.replaceAll(/&\w+;/g, (entity) => ENTITIES[entity] ?? entity));
  }
  return titles;
}
