/**
 * Checks that tests prove the claims of capabilities.yaml.
 *
 * @module
 */
import { parse } from "yaml";

/** A row of capabilities.yaml. */
export interface Capability {
  /** Airflow's name for it, e.g. `"skipped"` or `"xcom-read-write"`. */
  readonly name: string;
  /** Airflow's tier: MUST, SHOULD or MAY. */
  readonly tier: string;
  /** `"yes"` or `"no"`. */
  readonly support: string;
  /** The Airflow releases that support it. */
  readonly airflow: readonly string[];
}

/** Reads the rows of capabilities.yaml. */
export function parseCapabilities(yaml: string): Capability[] {
  const groups: Record<string, Record<string, Partial<Capability>>> = parse(yaml);
  return Object.values(groups).flatMap((rows) =>
    Object.entries(rows).map(([name, { tier = "", support = "", airflow = [] }]) => ({
      name,
      tier,
      support,
      airflow,
    }))
  );
}

/** Lists each claim, by release, that has no test among those that passed. */
export function unproven(capabilities: readonly Capability[], passed: readonly string[]): string[] {
  return capabilities.filter(({ support }) => support === "yes").flatMap(({ name, airflow }) => {
    const titles = passed.filter((title) => title.includes(`[capability.${name}]`));
    return airflow.filter((release) => !titles.some((title) => title.includes(release)))
      .map((release) => `No test with [capability.${name}] in its title passed under ${release}`);
  });
}

const CASE = /<testcase name="([^"]*)"[^>]*?(?:\/>|>(.*?)<\/testcase>)/gs;
const ENTITIES: Readonly<Record<string, string>> = {
  "&quot;": '"',
  "&apos;": "'",
  "&lt;": "<",
  "&gt;": ">",
  "&amp;": "&",
};

/** Lists the titles of the tests that passed, from the JUnit report of `deno test`. */
export function passedTests(report: string): string[] {
  const titles: string[] = [];
  for (const [, name = "", body = ""] of report.matchAll(CASE)) {
    if (/<(failure|error|skipped)\b/.test(body)) continue;
    titles.push(name.replaceAll(/&\w+;/g, (entity) => ENTITIES[entity] ?? entity));
  }
  return titles;
}
