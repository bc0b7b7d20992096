/**
 * The one gate that every change passes, the same here and in continuous integration.
 *
 * Runs every check, whatever the others' outcome; shows a line a check, and the output of those
 * that failed. The last line is "N passed, N failed", with ", N skipped" if there are any.
 *
 * Both engines, Deno 2.7 and 2.9, pass all checks of the sources and all tests that need neither
 * Airflow nor a browser. In the quick run they share the work: the one that does not compile checks
 * the types, and runs the tests that start no process.
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
const BIN = `${ROOT}/.tools/bin`;
const DENO = `${BIN}/deno`;
const BINARY = `${ROOT}/dist/airflow-task-runtime`;
const AIRFLOW = `${ROOT}/.tools/airflow`;
const CONFORMANCE = "tests/conformance";
const IN_BROWSER = "tests/browser";
/** Long, since a machine may be slow; there, so that a hang is a failure and not an endless run. */
const QUICK_MINUTES = 10;
const WHOLE_MINUTES = 25;
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

/** One of the engines. */
interface Engine {
  /** What its checks are called by. */
  readonly name: string;
  /** Its command. */
  readonly deno: string;
  /** Whether it runs this gate, and compiles the binary. */
  readonly isMain: boolean;
}

/** Those that scripts/setup has found. */
function engines(): Engine[] {
  const series = ["2.7", "2.9"].filter((series) => present(`.tools/bin/deno-${series}`).length > 0);
  const found = series.map((series) => ({
    name: `Deno ${series}`,
    deno: `${BIN}/deno-${series}`,
    isMain: Deno.version.deno.startsWith(`${series}.`),
  }));
  if (found.some(({ isMain }) => isMain)) return found;
  return [{ name: `Deno ${Deno.version.deno}`, deno: DENO, isMain: true }, ...found];
}

/** The types of the tests are checked with all others. */
function testCommand(deno: string): string[] {
  return [deno, "test", "--no-check"];
}

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

/** What the second engine runs in the quick run, for the main one. */
const WITHOUT_PROCESSES = [
  "offline",
  "protocol",
  "python_dag",
  "sdk",
  "supervisor",
  "testing",
  "wire",
]
  .map((folder) => `tests/${folder}`);

/** Where the packages of `@std` are linked from, if they do not come from JSR. */
function linkedStd(): string | undefined {
  const [config] = present(".deno.offline.json");
  if (config === undefined) return undefined;
  const { links } = JSON.parse(Deno.readTextFileSync(`${ROOT}/${config}`));
  return String(links[0]).replace(/\/[^/]*$/, "");
}

function typeCheck({ name, deno }: Engine): Check {
  const sources = present(...DOCUMENTED, "tests", "scripts", "examples");
  return { name: `types, ${name}`, command: [deno, "check", "--doc", ...sources] };
}

/**
 * With `whole`, what is published is checked as those see it who use it from JSR: its types alone,
 * without the code. `deno publish` itself does so too, so that the quick run need not.
 */
function staticChecks(engine: Engine, whole: boolean): Check[] {
  const { name, deno } = engine;
  const publish = ["publish", "--dry-run", "--allow-dirty", ...whole ? [] : ["--no-check"]];
  const doors = publicDoors();
  const std = linkedStd();
  // Linked packages count as ours: what our types mention of them must be exported too.
  if (std !== undefined) {
    doors.push(...["base_handler", "levels", "logger"].map((file) => `${std}/log/${file}.ts`));
  }
  return [
    { name: `format, ${name}`, command: [deno, "fmt", "--check"] },
    { name: `lint, ${name}`, command: [deno, "lint"] },
    typeCheck(engine),
    { name: `documentation, ${name}`, command: [deno, "doc", "--lint", ...doors] },
    // And they must be published too, which real packages are not to be.
    ...std?.includes("/.tools/")
      ? []
      : [{ name: `publishing, ${name}`, command: [deno, ...publish] }],
  ];
}

/** Which tests an engine runs. */
interface Share {
  readonly paths: readonly string[];
  readonly without: readonly string[];
}

const ALL_TESTS: Share = {
  paths: ["tests", "examples"],
  without: [CONFORMANCE, IN_BROWSER, "tests/bench"],
};

/**
 * `python` has Airflow, and the run is the full one; without it, the tests that hold ours against
 * Airflow's code are skipped, and the fuzzers make few inputs. The main engine's tests start the
 * binary, those of the other one the sources.
 */
function ownTests({ name, deno, isMain }: Engine, share: Share, python?: string): Check {
  return {
    name: `tests, ${name}`,
    command: [
      ...testCommand(deno),
      "--parallel",
      ...TEST_PERMISSIONS,
      ...share.without.length > 0 ? [`--ignore=${share.without}`] : [],
      ...share.paths,
    ],
    tests: true,
    minutes: python === undefined ? QUICK_MINUTES : WHOLE_MINUTES,
    env: {
      ...isMain ? { CLI_BINARY: BINARY } : { PATH: pathWith(deno.replace("/bin/deno-", "/deno/")) },
      // With Airflow there is time for the tests that take seconds each, too.
      ...python === undefined
        ? { AUTHOR_BUNDLES }
        : { AIRFLOW_PYTHON: python, FUZZ_INPUTS, TEST_THOROUGHLY: "1" },
    },
  };
}

/** Without `whole`, those that people read first; the types of all are checked with all others. */
function documentedExamples({ name, deno }: Engine, whole: boolean): Check {
  const options = ["--doc", "--parallel", "--permit-no-files", ...TEST_PERMISSIONS];
  return {
    name: `examples in the docs, ${name}`,
    command: [...testCommand(deno), ...options, ...present(...whole ? DOCUMENTED : READ_FIRST)],
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
/** What launches bundles on a worker without our binary. */
const WORKER_DENO = ".tools/deno/2.9/deno";
const CONFORMANCE_TESTS: Check = {
  name: "conformance",
  command: [...testCommand(DENO), "--allow-all", "--no-prompt", CONFORMANCE],
  tests: true,
  env: {
    AIRFLOW_VENVS: AIRFLOW,
    AIRFLOW_PYTHON,
    AIRFLOW_TASK_RUNTIME: BINARY,
    ...present(WORKER_DENO).length > 0 ? { WORKER_DENO: `${ROOT}/${WORKER_DENO}` } : {},
  },
  minutes: CONFORMANCE_MINUTES,
  proofs: true,
};

/** The pages that are made for people, in a real browser. */
const CHROMIUM_SETUP: Check = { name: "Chromium", command: [`${ROOT}/scripts/setup_chromium`] };
const BROWSER_TESTS: Check = {
  name: "pages in a browser",
  command: [...testCommand(DENO), "--allow-all", "--no-prompt", IN_BROWSER],
  tests: true,
};

/** actionlint is a Go module, so without Go this is left out. */
const WORKFLOWS: Check = { name: "workflows", command: [`${ROOT}/scripts/check_workflows`] };

async function isInstalled(program: string): Promise<boolean> {
  const command = new Deno.Command(program, { args: ["version"], stdout: "null", stderr: "null" });
  return await command.output().then(({ success }) => success, () => false);
}

function pathWith(folder: string): string {
  return `${folder}:${Deno.env.get("PATH") ?? ""}`;
}

function environment(): Record<string, string> {
  return {
    PATH: pathWith(BIN),
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
  const found = engines();
  const main = found.filter(({ isMain }) => isMain);
  const other = found.filter(({ isMain }) => !isMain);
  await all([BUILD, BUNDLE_MODULES]);
  // Airflow's own pages are looked at as well.
  const chromium = whole && await all([CHROMIUM_SETUP]);
  const airflow = whole && await all([AIRFLOW_SETUP, S3_SETUP]);
  const python = airflow ? AIRFLOW_PYTHON : undefined;
  const checks = (engine: Engine): Check[] => [
    ...staticChecks(engine, whole),
    documentedExamples(engine, whole),
  ];
  const shared = whole || other.length === 0 ? [] : WITHOUT_PROCESSES;
  const share = { ...ALL_TESTS, without: [...ALL_TESTS.without, ...shared] };
  const quickChecks = (engine: Engine): Check[] => [
    typeCheck(engine),
    ownTests(engine, { paths: shared, without: [] }),
  ];
  // The tests wait for processes much of their time; the checks take what they leave.
  await Promise.all([
    all(main.map((engine) => ownTests(engine, share, python))),
    all([...main.flatMap(checks), ...other.flatMap(whole ? checks : quickChecks)]),
  ]);
  if (whole) await all(other.map((engine) => ownTests(engine, ALL_TESTS, python)));
  if (whole && await isInstalled("go")) await all([WORKFLOWS]);
  if (airflow) await all([CONFORMANCE_TESTS]);
  if (chromium) await all([BROWSER_TESTS]);
  display.total(total);
  return total.failed > 0 ? 1 : 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
