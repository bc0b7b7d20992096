/**
 * `doctor`: checks a worker.
 *
 * @module
 */
import { VERSION } from "../../runtime/version.ts";
import { RELEASE_LINES, type ReleaseLine } from "../../doctor/airflow_release.ts";
import { diagnose, type Diagnosis } from "../../doctor/diagnosis.ts";
import type { Finding } from "../../doctor/finding.ts";
import {
  type Command,
  type CommandLine,
  parseOptions,
  UsageError,
  writeHelp,
} from "../command_line.ts";
import { hasColorOnStdout, print } from "../terminal.ts";

const NAME = "airflow-task-runtime doctor";

const LINE: CommandLine = {
  options: [
    {
      name: "config",
      value: "FILE",
      about: "path of airflow.cfg; $AIRFLOW_CONFIG or $AIRFLOW_HOME/airflow.cfg by default. " +
        "Variables AIRFLOW__* take precedence",
    },
    {
      name: "airflow",
      value: "RELEASE",
      about: `apply the rules of Airflow ${RELEASE_LINES.join(" or ")}; by default those of the ` +
        "airflow on PATH",
      complete: RELEASE_LINES,
    },
    { name: "json", about: "print the diagnosis as one line of JSON" },
  ],
  positionals: [0, 0],
};

const HELP = writeHelp({
  name: NAME,
  does: "check that this worker can run the tasks",
  usage: ["[options]"],
  about: [
    "Run it on a worker, as the user and in the environment of the worker. It checks the folder for " +
    "temporary files, Airflow's settings, and the bundles in the order in which Airflow finds them. " +
    "It starts each bundle that Airflow would choose once, without a task, and measures the time " +
    "until the bundle connects. If deno runs the bundle, it checks the version and the code cache " +
    "of deno.",
  ],
  line: LINE,
  exitCodes: "0 no problem found, 1 some tasks will fail",
});

/** The command `doctor`. */
export const doctorCommand: Command = {
  summary: "check that a worker can run the tasks",
  help: HELP,
  line: LINE,
  async run(args) {
    const options = parseOptions(NAME, args, LINE);
    const diagnosis = await diagnose({
      config: options.value("config"),
      release: releaseOf(options.value("airflow")),
      env: Deno.env.toObject(),
      ...(Deno.build.standalone ? { binary: Deno.execPath() } : {}),
      version: VERSION,
    });
    print(options.flag("json") ? `${JSON.stringify(diagnosis)}\n` : describe(diagnosis));
    return diagnosis.ok ? 0 : 1;
  },
};

function releaseOf(text: string | undefined): ReleaseLine | undefined {
  if (text === undefined) return undefined;
  const known = RELEASE_LINES.find((line) => line === text);
  if (known !== undefined) return known;
  throw new UsageError(NAME, `--airflow must be ${RELEASE_LINES.join(" or ")}, got ${text}`);
}

const COLORS: Readonly<Record<Finding["status"], string>> = {
  ok: "\x1b[32m",
  warn: "\x1b[33m",
  fail: "\x1b[31m",
};

function describe({ findings, change }: Diagnosis): string {
  const isColored = hasColorOnStdout();
  const lines = findings.map(({ topic, status, text, fix }) => {
    const mark = status.padEnd(4);
    const advice = status === "warn" && fix !== undefined ? `; ${fix}` : "";
    return `${isColored ? `${COLORS[status]}${mark}\x1b[0m` : mark}  ${topic}: ${text}${advice}\n`;
  });
  const failed = findings.filter(({ status }) => status === "fail").length;
  const end = failed === 0
    ? "\nNo problem found.\n"
    : `\nSome tasks will fail. Fix this first: ${change}.\n`;
  return lines.join("") + end;
}
