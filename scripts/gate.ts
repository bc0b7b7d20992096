/**
 * The checks that every change passes, the same here and in continuous integration.
 *
 * Runs every check, also when others fail. Shows a line for each check, and the output of those that
 * failed. The last line is "N passed, N failed", with ", N skipped" if tests were skipped.
 *
 * The full run checks the sources and runs the tests on Deno 2.7 and 2.9. The quick run checks types
 * on the Deno that compiles the binary, and divides the tests: the other Deno runs those that start
 * no process.
 *
 *   deno run -A scripts/gate.ts [--quick]    (--quick: without Airflow and the browser)
 *
 * @module
 */
import { parseCapabilities, passedTests, unproven } from "./capabilities.ts";

const ROOT = new URL("..", import.meta.url).pathname.replace(/\/$/, "");
const BIN = `${ROOT}/.tools/bin`;
const BINARY = `${ROOT}/dist/airflow-task-runtime`;
const AIRFLOW = `${ROOT}/.tools/airflow`;
const AIRFLOW_PYTHON = `${AIRFLOW}/3.4.0b2/bin/python`;
/** Launches bundles as on a worker without our binary. */
const WORKER_DENO = `${ROOT}/.tools/deno/2.9/deno`;
const AUTHOR_BUNDLES = `${ROOT}/.tools/tmp/author_bundles`;
/** Inputs of `decode()` in the full run; the other fuzzers take a share of it, see tests/fuzz. */
const FUZZ_INPUTS = "1000000";
/** Long enough for a slow machine; a test that hangs fails after it. */
const DEFAULT_MINUTES = 10;
const HEARTBEAT_SECONDS = 20;
/** Many tests wait for processes, so one more than there are cores keeps all cores busy. */
const TESTS_AT_ONCE = String(navigator.hardwareConcurrency + 1);

/** The tests start processes of this project and write to temporary folders. */
const TEST_PERMISSIONS = [
  "--no-prompt",
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-run",
  "--allow-sys",
  "--allow-net=127.0.0.1,localhost,[::1]",
];
const OWN_TESTS = ["tests", "examples"];
const NOT_OWN_TESTS = ["tests/conformance", "tests/browser", "tests/bench"];
/** In the quick run the other Deno runs these, the main one all others. */
const WITHOUT_PROCESSES = [
  "tests/offline",
  "tests/protocol",
  "tests/python_dag",
  "tests/sdk",
  "tests/supervisor",
  "tests/testing",
  "tests/wire",
];
/** The pages with code blocks that run. */
const PAGES = Array.from(Deno.readDirSync(`${ROOT}/docs`), ({ name }) => `docs/${name}`)
  .filter((path) => path.endsWith(".md")).concat("README.md", "src/README.md").sort();
const DOCUMENTED = ["mod.ts", "src", ...PAGES];
/** The documented examples of the quick run; the type check covers the others. */
const READ_FIRST = ["mod.ts", "src/testing", ...PAGES];

const ENVIRONMENT = {
  PATH: `${BIN}:${Deno.env.get("PATH") ?? ""}`,
  // The programs that tests start write only to the checkout.
  PIP_CACHE_DIR: `${ROOT}/.tools/cache/pip`,
  PIP_DISABLE_PIP_VERSION_CHECK: "1",
  AIRFLOW_HOME: `${ROOT}/.tools/tmp/airflow`,
  NO_COLOR: "1",
  DENO_JOBS: TESTS_AT_ONCE,
  RUST_BACKTRACE: "0",
  // Since Deno 2.8 the sanitizers are off by default.
  DENO_TEST_SANITIZE_OPS: "1",
  DENO_TEST_SANITIZE_RESOURCES: "1",
};

/** A command that passes or fails. */
interface Check {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly minutes?: number;
}

/** A version of Deno. */
interface DenoVersion {
  /** A part of the names of its checks. */
  readonly name: string;
  readonly deno: string;
}

/** The outcomes of tests and checks. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const running = new Map<string, number>();
let total: Counts = { passed: 0, failed: 0, skipped: 0 };

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Finds the Deno that compiles the binary, and the other one if scripts/setup has it. */
function denoVersions(): { main: DenoVersion; other: DenoVersion | undefined } {
  const [series = ""] = /^\d+\.\d+/.exec(Deno.version.deno) ?? [];
  const [other] = ["2.7", "2.9"].filter((other) => other !== series)
    .map((series) => ({ name: `Deno ${series}`, deno: `${BIN}/deno-${series}` }))
    .filter(({ deno }) => exists(deno));
  return { main: { name: `Deno ${series}`, deno: `${BIN}/deno` }, other };
}

/** The folder of the @std packages, if they do not come from JSR. */
function linkedStd(): string | undefined {
  const config = `${ROOT}/.deno.offline.json`;
  if (!exists(config)) return undefined;
  const { links } = JSON.parse(Deno.readTextFileSync(config));
  return String(links[0]).replace(/\/[^/]*$/, "");
}

function typeCheck({ name, deno }: DenoVersion): Check {
  const paths = [...DOCUMENTED, "tests", "scripts", "examples"];
  return { name: `types, ${name}`, command: [deno, "check", "--doc", ...paths] };
}

/**
 * The checks of the sources. The full run publishes with a type check as well, which checks the types
 * that users of JSR see, without the code.
 */
function staticChecks(version: DenoVersion, full: boolean): Check[] {
  const { name, deno } = version;
  const publish = ["publish", "--dry-run", "--allow-dirty", ...full ? [] : ["--no-check"]];
  const { exports } = JSON.parse(Deno.readTextFileSync(`${ROOT}/deno.json`));
  const std = linkedStd();
  // Deno treats linked packages as ours, so their types that ours mention must be documented too.
  const linked = std === undefined
    ? []
    : ["base_handler", "levels", "logger"].map((file) => `${std}/log/${file}.ts`);
  return [
    { name: `format, ${name}`, command: [deno, "fmt", "--check"] },
    { name: `lint, ${name}`, command: [deno, "lint"] },
    typeCheck(version),
    {
      name: `documentation, ${name}`,
      command: [deno, "doc", "--lint", ...Object.values(exports).map(String), ...linked],
    },
    // Linked packages would have to be published as well; real ones cannot be.
    ...std?.includes("/.tools/")
      ? []
      : [{ name: `publishing, ${name}`, command: [deno, ...publish] }],
  ];
}

function testCommand(deno: string, permissions: readonly string[] = TEST_PERMISSIONS): string[] {
  return [deno, "test", "--no-check", ...permissions];
}

/** The variable with a worker's Deno, if scripts/setup has installed it. */
function workerDeno(): Record<string, string> {
  return exists(WORKER_DENO) ? { WORKER_DENO } : {};
}

/** The tests of some folders; on the main Deno they start the binary, on the other the sources. */
function ownTests(
  { name, deno }: DenoVersion,
  env: Record<string, string>,
  paths: readonly string[] = OWN_TESTS,
  ignored: readonly string[] = NOT_OWN_TESTS,
): Check {
  const command = [...testCommand(deno), "--parallel", `--ignore=${ignored}`, ...paths];
  return { name: `tests, ${name}`, command, minutes: 25, env };
}

function documentedExamples({ name, deno }: DenoVersion, paths: readonly string[]): Check {
  const options = ["--doc", "--parallel", "--permit-no-files", ...paths];
  return { name: `examples in the docs, ${name}`, command: [...testCommand(deno), ...options] };
}

/** Reads the summary of `deno test`; a run that failed without a failed test counts as one. */
export function countsOf(output: string, success: boolean): Counts {
  const summary = /^(?:ok|FAILED) \| (\d+) passed.*? \| (\d+) failed(?:.*? \| (\d+) ignored)?/gm;
  const [, passed, failed, skipped] = [...output.matchAll(summary)].at(-1) ?? [];
  if (passed === undefined) {
    return { passed: Number(success), failed: Number(!success), skipped: 0 };
  }
  const failures = Math.max(Number(failed), Number(!success));
  return { passed: Number(passed), failed: failures, skipped: Number(skipped ?? 0) };
}

function sentence({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

function show(name: string, counts: Counts, since: number, output: string): void {
  total = {
    passed: total.passed + counts.passed,
    failed: total.failed + counts.failed,
    skipped: total.skipped + counts.skipped,
  };
  if (counts.failed > 0) console.log(output.trimEnd());
  const seconds = `${((performance.now() - since) / 1000).toFixed(1)} s`.padStart(8);
  const numbers = counts.passed + counts.failed > 1 ? `  ${sentence(counts)}` : "";
  console.log(`${counts.failed > 0 ? "FAIL " : "  ok "}${name.padEnd(32)}${seconds}${numbers}`);
}

/** Runs the check; returns true if it passed. */
async function run({ name, command, env, minutes = DEFAULT_MINUTES }: Check): Promise<boolean> {
  const since = performance.now();
  running.set(name, since);
  const [program = "", ...args] = command;
  const signal = AbortSignal.timeout(minutes * 60_000);
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args,
    cwd: ROOT,
    env: { ...ENVIRONMENT, ...env },
    signal,
    stdin: "null",
  }).output();
  running.delete(name);
  const late = signal.aborted ? `\nKilled after ${minutes} minutes.` : "";
  const [printed = "", errors = ""] = [stdout, stderr].map((bytes) =>
    new TextDecoder().decode(bytes)
  );
  const counts = countsOf(printed, success && !signal.aborted);
  show(name, counts, since, printed + errors + late);
  return counts.failed === 0;
}

async function runAll(checks: readonly Check[]): Promise<boolean> {
  let success = true;
  for (const check of checks) success = await run(check) && success;
  return success;
}

async function conformance(deno: string): Promise<void> {
  const report = await Deno.makeTempFile({ suffix: ".xml" });
  const options = [`--junit-path=${report}`, "tests/conformance"];
  await run({
    name: "conformance",
    command: [...testCommand(deno, ["--allow-all", "--no-prompt"]), ...options],
    env: {
      AIRFLOW_VENVS: AIRFLOW,
      AIRFLOW_PYTHON,
      AIRFLOW_TASK_RUNTIME: BINARY,
      ...workerDeno(),
    },
    minutes: 40,
  });
  const since = performance.now();
  const claims = parseCapabilities(await Deno.readTextFile(`${ROOT}/capabilities.yaml`));
  const missing = unproven(claims, passedTests(await Deno.readTextFile(report)));
  await Deno.remove(report);
  show("capabilities", countsOf("", missing.length === 0), since, missing.join("\n"));
}

/** The PATH by which programs that the tests start find this Deno first. */
function pathOf({ deno }: DenoVersion): { PATH: string } {
  return { PATH: `${deno.replace("/bin/deno-", "/deno/")}:${ENVIRONMENT.PATH}` };
}

function hasGo(): boolean {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  return folders.some((folder) => exists(`${folder}/go`));
}

async function quickRun(): Promise<void> {
  const { main, other } = denoVersions();
  const elsewhere = other === undefined ? [] : WITHOUT_PROCESSES;
  const env = { CLI_BINARY: BINARY, AUTHOR_BUNDLES };
  const bundles = ["run", "--allow-all", "--no-check", "tests/author_bundles.ts", AUTHOR_BUNDLES];
  await Promise.all([
    // The tests wait for processes much of their time; the checks use the cores meanwhile.
    runAll([
      { name: "build", command: [`${ROOT}/scripts/build`] },
      { name: "bundles", command: [main.deno, ...bundles] },
      ownTests(main, env, OWN_TESTS, [...NOT_OWN_TESTS, ...elsewhere]),
    ]),
    runAll([
      ...staticChecks(main, false),
      documentedExamples(main, READ_FIRST),
      ...other === undefined ? [] : [ownTests(other, pathOf(other), elsewhere)],
    ]),
  ]);
}

async function fullRun(): Promise<void> {
  const { main, other } = denoVersions();
  await run({ name: "build", command: [`${ROOT}/scripts/build`] });
  const setup = `${ROOT}/scripts/setup`;
  const hasChromium = await run({ name: "Chromium", command: [`${setup}_chromium`] });
  const hasAirflow = await runAll([
    { name: "Airflow", command: [setup, "--airflow"], minutes: 30 },
    { name: "S3 server", command: [`${setup}_s3`] },
  ]);
  const slow = hasAirflow ? { AIRFLOW_PYTHON, FUZZ_INPUTS, TEST_THOROUGHLY: "1" } : {};
  const sources = [main, ...other === undefined ? [] : [other]].flatMap((version) => [
    ...staticChecks(version, true),
    documentedExamples(version, DOCUMENTED),
  ]);
  const workers = { CLI_BINARY: BINARY, ...workerDeno() };
  await Promise.all([run(ownTests(main, { ...workers, ...slow })), runAll(sources)]);
  if (other !== undefined) await run(ownTests(other, { ...pathOf(other), ...slow }));
  // actionlint is a Go module.
  if (hasGo()) await run({ name: "workflows", command: [`${ROOT}/scripts/check_workflows`] });
  if (hasAirflow) await conformance(main.deno);
  if (hasChromium) {
    const command = [...testCommand(main.deno, ["--allow-all", "--no-prompt"]), "tests/browser"];
    await run({ name: "pages in a browser", command });
  }
}

async function main(args: readonly string[]): Promise<number> {
  const unknown = args.find((arg) => arg !== "--quick");
  if (unknown !== undefined) {
    console.log(`Cannot test: unknown argument "${unknown}". Use --quick or no argument.`);
    return 2;
  }
  const heartbeat = setInterval(() => {
    const names = Array.from(
      running,
      ([name, since]) => `${name} (${Math.round((performance.now() - since) / 1000)} s)`,
    );
    console.log(`  …  ${names.join(", ")}`);
  }, HEARTBEAT_SECONDS * 1000);
  await (args.includes("--quick") ? quickRun() : fullRun());
  clearInterval(heartbeat);
  console.log(sentence(total));
  return total.failed > 0 ? 1 : 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
