/**
 * The one gate that every change passes, the same here and in continuous integration.
 *
 * Runs every check, whatever the others' outcome; shows a line a check, and the output of those
 * that failed. The last line is "N passed, N failed", with ", N skipped" if there are any.
 *
 *   deno run -A scripts/gate.ts [--quick]    (--quick: without Airflow and the browser)
 *
 * @module
 */
import { parseCapabilities, passedTests, unproven } from "./gate/capabilities.ts";
import { type Counts, counts, NONE, sum } from "./gate/counts.ts";
import { Display } from "./gate/display.ts";
import { run } from "./gate/process.ts";

const ROOT = new URL("..", import.meta.url).pathname.replace(/\/$/, "");
const DENO = `${ROOT}/.tools/bin/deno`;
const BINARY = `${ROOT}/dist/airflow-task-runtime`;
const AIRFLOW = `${ROOT}/.tools/airflow`;
const CONFORMANCE = "tests/conformance";
const IN_BROWSER = "tests/browser";
/** Long, since a machine may be slow; there, so that a hang is a failure and not an endless run. */
const QUICK_MINUTES = 10;
const CONFORMANCE_MINUTES = 40;
/** Tests often wait for processes: one more at a time than there are cores keeps all of these busy. */
const TESTS_AT_ONCE = String(navigator.hardwareConcurrency + 1);
/** For `decode()` in the full run; the other fuzzers take their share, see tests/fuzz. */
const FUZZ_INPUTS = "1000000";

/** Tests talk to processes of ours on this machine, and write to temporary directories. */
const TEST_PERMISSIONS = [
  "--no-prompt",
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-run",
  "--allow-sys",
  "--allow-net=127.0.0.1,localhost,[::1]",
];

/** The types of the tests are checked with all others. */
const TEST = [DENO, "test", "--no-check"];

interface Check {
  readonly name: string;
  readonly command: readonly string[];
  /** Whether the command is `deno test`, whose tests are counted one by one. */
  readonly tests?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly minutes?: number;
  /** Whether these are the tests that capabilities.yaml names as proofs. */
  readonly proofs?: boolean;
}

function present(...paths: string[]): string[] {
  return paths.filter((path) => {
    try {
      Deno.statSync(`${ROOT}/${path}`);
      return true;
    } catch {
      return false;
    }
  });
}

/** The modules that deno.json exports. */
function publicDoors(): string[] {
  const { exports } = JSON.parse(Deno.readTextFileSync(`${ROOT}/deno.json`));
  return Object.values(exports).map(String);
}

/** What the tests start, so made before them. */
const BUILD: Check = { name: "build", command: [`${ROOT}/scripts/build`] };

/** Modules of the tests made bundles, which the quick run starts instead of their sources. */
const AUTHOR_BUNDLES = `${ROOT}/.tools/tmp/author_bundles`;
const BUNDLE_MODULES: Check = {
  name: "bundles",
  command: [DENO, "run", "--allow-all", "--no-check", "tests/author_bundles.ts", AUTHOR_BUNDLES],
};

/** Where the examples of the documentation are. */
const DOCUMENTED = ["mod.ts", "src", "README.md", "src/README.md"];
const READ_FIRST = ["mod.ts", "src/testing", "README.md", "src/README.md"];

/**
 * With `whole`, what is published is checked as those see it who use it from JSR: its types alone,
 * without the code. `deno publish` itself does so too, so that the quick run need not.
 */
function staticChecks(whole: boolean): Check[] {
  const sources = present(...DOCUMENTED, "tests", "scripts", "examples");
  const publish = ["publish", "--dry-run", "--allow-dirty"];
  const doors = publicDoors();
  // Where the stand-ins are in place, their types are to be found beside ours.
  if (present(".deno.offline.json").length > 0) doors.push("scripts/offline/log/mod.ts");
  return [
    { name: "format", command: [DENO, "fmt", "--check"] },
    { name: "lint", command: [DENO, "lint"] },
    { name: "types", command: [DENO, "check", "--doc", ...sources] },
    { name: "documentation", command: [DENO, "doc", "--lint", ...doors] },
    { name: "publishing", command: [DENO, ...publish, ...whole ? [] : ["--no-check"]] },
  ];
}

/**
 * `python` has Airflow, and the run is the full one; without it, the tests that hold ours against
 * Airflow's code are skipped, and the fuzzers make few inputs.
 */
function ownTests(python?: string): Check {
  // With Airflow there is time for the tests that take seconds each, too.
  const env = {
    CLI_BINARY: BINARY,
    ...python === undefined
      ? { AUTHOR_BUNDLES }
      : { AIRFLOW_PYTHON: python, FUZZ_INPUTS, TEST_THOROUGHLY: "1" },
  };
  return {
    name: "tests",
    command: [
      ...TEST,
      "--parallel",
      ...TEST_PERMISSIONS,
      `--ignore=${CONFORMANCE},${IN_BROWSER},tests/bench`,
      "tests",
      "examples",
    ],
    tests: true,
    env,
  };
}

/** Without `whole`, those that people read first; the types of all are checked with all others. */
function documentedExamples(whole: boolean): Check {
  const command = [...TEST, "--doc", "--parallel", "--permit-no-files", ...TEST_PERMISSIONS];
  return {
    name: "examples in the documentation",
    command: [...command, ...present(...whole ? DOCUMENTED : READ_FIRST)],
    tests: true,
  };
}

const AIRFLOW_SETUP: Check = {
  name: "Airflow",
  command: [`${ROOT}/scripts/setup`, "--airflow"],
  minutes: 30,
};

/** The server that the object store is tested against; the tests without Airflow need it too. */
const S3_SETUP: Check = { name: "S3 server", command: [`${ROOT}/scripts/setup_s3`], minutes: 10 };

const AIRFLOW_PYTHON = `${AIRFLOW}/3.4.0b2/bin/python`;
const CONFORMANCE_TESTS: Check = {
  name: "conformance",
  command: [...TEST, "--allow-all", "--no-prompt", CONFORMANCE],
  tests: true,
  env: { AIRFLOW_VENVS: AIRFLOW, AIRFLOW_PYTHON, AIRFLOW_TASK_RUNTIME: BINARY },
  minutes: CONFORMANCE_MINUTES,
  proofs: true,
};

/** The pages that are made for people, in a real browser. */
const CHROMIUM_SETUP: Check = { name: "Chromium", command: [`${ROOT}/scripts/setup_chromium`] };
const BROWSER_TESTS: Check = {
  name: "pages in a browser",
  command: [...TEST, "--allow-all", "--no-prompt", IN_BROWSER],
  tests: true,
};

function environment(): Record<string, string> {
  return {
    PATH: `${ROOT}/.tools/bin:${Deno.env.get("PATH") ?? ""}`,
    // What tests start leaves its traces in the checkout only.
    PIP_CACHE_DIR: `${ROOT}/.tools/cache/pip`,
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    AIRFLOW_HOME: `${ROOT}/.tools/tmp/airflow`,
    NO_COLOR: "1",
    DENO_JOBS: TESTS_AT_ONCE,
    RUST_BACKTRACE: "0",
    // From Deno 2.8 on, tests that leak are let through unless it is told not to.
    DENO_TEST_SANITIZE_OPS: "1",
    DENO_TEST_SANITIZE_RESOURCES: "1",
  };
}

async function perform(check: Check, display: Display): Promise<Counts> {
  const report = await Deno.makeTempFile({ suffix: ".xml" });
  const [program = "", subcommand = "", ...rest] = check.command;
  const args = check.tests === true
    ? [subcommand, `--junit-path=${report}`, ...rest]
    : check.command.slice(1);
  display.started(check.name);
  const started = performance.now();
  const { success, output } = await run([program, ...args], {
    cwd: ROOT,
    env: { ...environment(), ...check.env },
    signal: AbortSignal.timeout((check.minutes ?? QUICK_MINUTES) * 60_000),
  });
  const junit = await Deno.readTextFile(report);
  await Deno.remove(report);
  const outcome = check.tests === true ? counts(junit, success) : single(success);
  const seconds = (performance.now() - started) / 1000;
  display.ended(check.name, { counts: outcome, seconds, output, counted: check.tests === true });
  return check.proofs === true ? sum(outcome, await checkCapabilities(junit, display)) : outcome;
}

/** Whether each claim of capabilities.yaml has a test that has just passed under Airflow. */
async function checkCapabilities(junit: string, display: Display): Promise<Counts> {
  const claims = parseCapabilities(await Deno.readTextFile(`${ROOT}/capabilities.yaml`));
  const missing = unproven(claims, passedTests(junit));
  const outcome = single(missing.length === 0);
  const output = missing.map((line) => `${line}\n`).join("");
  display.ended("capabilities", { counts: outcome, seconds: 0, output, counted: false });
  return outcome;
}

function single(success: boolean): Counts {
  return { ...NONE, [success ? "passed" : "failed"]: 1 };
}

async function main(args: readonly string[]): Promise<number> {
  const unknown = args.find((arg) => arg !== "--quick");
  const display = new Display(Deno.stdout);
  if (unknown !== undefined) {
    display.line(`Cannot test: unknown argument ${unknown}. It takes --quick.`);
    return 2;
  }
  let total = NONE;
  const all = async (checks: readonly Check[]): Promise<boolean> => {
    let group = NONE;
    for (const check of checks) group = sum(group, await perform(check, display));
    total = sum(total, group);
    return group.failed === 0;
  };
  const whole = !args.includes("--quick");
  await all([BUILD, BUNDLE_MODULES]);
  // Airflow's own pages are looked at as well.
  const chromium = whole && await all([CHROMIUM_SETUP]);
  const airflow = whole && await all([AIRFLOW_SETUP, S3_SETUP]);
  // The tests wait for processes much of their time; the checks take what they leave.
  await Promise.all([
    all([ownTests(airflow ? AIRFLOW_PYTHON : undefined)]),
    all([...staticChecks(whole), documentedExamples(whole)]),
  ]);
  if (airflow) await all([CONFORMANCE_TESTS]);
  if (chromium) await all([BROWSER_TESTS]);
  display.total(total);
  return total.failed > 0 ? 1 : 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
