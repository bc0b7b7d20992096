// Compares doctor's results on valid and broken workers with real Airflow: which bundle its own
// coordinators would run for a Dag.

import { assertEquals } from "@std/assert";
import { DAGS, DOCTOR_CASES, type DoctorCase, goodConfig } from "./doctor_cases.ts";
import { TempDir } from "../harness/temp_dir.ts";
import { AIRFLOW_VERSIONS, type AirflowVersion, taskRuntime, venvBin } from "../harness/venv.ts";

/** The path of the bundle by queue and dag_id; null without a bundle or with invalid settings. */
type Verdict = { [queue: string]: { [dagId: string]: string | null } | null } | null;

interface Case {
  readonly config: string;
  readonly env: Readonly<Record<string, string>>;
  readonly own: string;
  readonly dags: readonly string[];
}

function releaseOf(version: AirflowVersion): "3.3" | "3.4" {
  return version.startsWith("3.3") ? "3.3" : "3.4";
}

async function prepare(one: DoctorCase, release: "3.3" | "3.4", root: string): Promise<Case> {
  const folder = `${root}/bundles`;
  await Deno.mkdir(folder);
  await one.fill(folder);
  const config = `${root}/airflow.cfg`;
  const text = one.config ?? goodConfig(release, one.coordinator ?? "executable");
  await Deno.writeTextFile(config, text.replaceAll("FOLDER", folder));
  const env = Object.entries(one.env ?? {}).map(([name, value]) =>
    [name, value.replaceAll("FOLDER", folder)] as const
  );
  return { config, env: Object.fromEntries(env), own: "dags-folder", dags: DAGS };
}

async function askDoctor(asked: Case, release: "3.3" | "3.4", root: string): Promise<Verdict> {
  const { stdout, stderr } = await new Deno.Command(taskRuntime(), {
    args: ["doctor", "--json", "--airflow", release, "--config", asked.config],
    clearEnv: true,
    env: {
      HOME: root,
      AIRFLOW_HOME: root,
      PATH: "/usr/bin:/bin",
      AIRFLOW_TASK_RUNTIME: taskRuntime(),
      ...asked.env,
    },
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  const answer = text.decode(stdout);
  if (answer === "") throw new Error(text.decode(stderr));
  const { routes, findings } = JSON.parse(answer);
  const refused = findings.some(({ topic, status, text }: Record<string, string>) =>
    topic === "config" && status === "fail" && !/no queue leads|is empty/.test(text ?? "")
  );
  if (refused) return null;
  const verdict: Verdict = {};
  for (const { queue, problem, places } of routes) {
    const place = places.find(({ dagBundle }: { dagBundle?: string }) =>
      dagBundle === undefined || dagBundle === asked.own || places.length === 1
    );
    verdict[queue] = problem !== null ? null : Object.fromEntries(
      DAGS.map((dagId) => [dagId, place?.dags[dagId] ?? null]),
    );
  }
  return verdict;
}

async function askAirflow(
  asked: readonly Case[],
  version: AirflowVersion,
  home: string,
): Promise<Verdict[]> {
  const child = new Deno.Command(`${venvBin(version)}/python`, {
    args: [new URL("../testdata/find_bundles.py", import.meta.url).pathname],
    clearEnv: true,
    env: { HOME: home, AIRFLOW_HOME: home, PATH: "/usr/bin:/bin", PYTHONDONTWRITEBYTECODE: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const lines = asked.map((each) => `${JSON.stringify(each)}\n`).join("");
  await writer.write(new TextEncoder().encode(lines));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  const text = new TextDecoder();
  if (!success) throw new Error(text.decode(stderr));
  return text.decode(stdout).split("\n").filter((line) => line.startsWith("{")).map((line) => {
    const { error, queues } = JSON.parse(line);
    if (error !== undefined) return null;
    return Object.fromEntries(
      Object.entries<{ error?: string }>(queues).map(([queue, found]) => [
        queue,
        found.error === undefined ? JSON.parse(JSON.stringify(found)) : null,
      ]),
    );
  });
}

for (const version of AIRFLOW_VERSIONS) {
  const release = releaseOf(version);
  const cases = DOCTOR_CASES.filter(({ only = release }) => only === release);
  Deno.test(`doctor: finds the bundles that Airflow ${version} finds on ${cases.length} workers`, async (t) => {
    await using root = await TempDir.make();
    const asked: Case[] = [];
    const told: Verdict[] = [];
    for (const [i, one] of cases.entries()) {
      const folder = `${root.path}/${i}`;
      await Deno.mkdir(folder);
      const each = await prepare(one, release, folder);
      asked.push(each);
      // Before Airflow runs, because 3.4 makes the bundles that it finds executable.
      told.push(await askDoctor(each, release, folder));
    }
    const answers = await askAirflow(asked, version, root.path);
    assertEquals(answers.length, cases.length);
    for (const [i, { name }] of cases.entries()) {
      await t.step(name, () => assertEquals(told[i], answers[i]));
    }
  });
}
