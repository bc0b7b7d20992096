/**
 * capabilities.yaml held against the tests that ran: what it claims must have a proof that passed.
 *
 * @module
 */

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

const NAME = /^ {2}([a-z_-]+):$/;
const FIELD = /^ {4}(tier|support|airflow|proof): (.*)$/;

/**
 * Reads the matrix: YAML, of which this knows the part in use, so that no parser is needed.
 *
 * @throws {Error} naming the line that is of another form
 */
export function parseCapabilities(yaml: string): Capability[] {
  const rows: Record<string, string>[] = [];
  yaml.split("\n").forEach((line, index) => {
    if (/^(\s*#.*|[a-z_]+:|\s*)$/.test(line)) return;
    const name = NAME.exec(line)?.[1];
    const [, field = "", value = ""] = FIELD.exec(line) ?? [];
    const last = rows.at(-1);
    if (name !== undefined) rows.push({ name });
    else if (field !== "" && last !== undefined) last[field] = value.replace(/^"(.*)"$/, "$1");
    else throw new Error(`Cannot read capabilities.yaml: line ${index + 1} is of no known form`);
  });
  return rows.map((row) => ({
    name: row["name"] ?? "",
    tier: row["tier"] ?? "",
    support: row["support"] ?? "",
    airflow: (row["airflow"] ?? "").replaceAll(/[[\]"]/g, "").split(/,\s*/).filter(Boolean),
    proof: row["proof"] ?? "",
  }));
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
