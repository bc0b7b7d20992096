/**
 * `doctor`: whether what is on a worker fits together.
 *
 * @module
 */
import { VERSION } from "../../runtime/version.ts";
import { RELEASE_LINES, type ReleaseLine } from "../../doctor/airflow_release.ts";
import { diagnose, type Diagnosis } from "../../doctor/diagnosis.ts";
import type { Finding } from "../../doctor/finding.ts";
import type { Command } from "../command_table.ts";
import { writeHelp } from "../help.ts";
import { type CommandLine, parseOptions } from "../options.ts";
import { hasColorOnStdout, print } from "../terminal.ts";
import { UsageError } from "../usage_error.ts";

const NAME = "airflow-task-runtime doctor";

const LINE: CommandLine = {
  options: [
    {
      name: "config",
      value: "FILE",
      about: "airflow.cfg; by default $AIRFLOW_CONFIG, or airflow.cfg in $AIRFLOW_HOME. " +
        "AIRFLOW__* of the environment win",
    },
    {
      name: "airflow",
      value: "RELEASE",
      about: `${RELEASE_LINES.join(" or ")}: the rules to judge by; by default those of the ` +
        "airflow on PATH",
      complete: RELEASE_LINES,
    },
    { name: "json", about: "all of it as one line of JSON" },
  ],
  positionals: [0, 0],
};

const HELP = writeHelp({
  name: NAME,
  does: "says whether what is on this worker fits together",
  usage: ["[options]"],
  about: [
    "Run it on a worker, as the user and with the environment of the worker. It looks at the C " +
    "library, the folder for temporary files, Airflow's settings, and the bundles, in the order in " +
    "which Airflow's coordinators search. It asks each bundle that Airflow would choose which " +
    "program runs it, starts it once without a task, and measures the time until it has connected. " +
    "If that program is deno, it looks at its version and at the folder of its code cache.",
  ],
  line: LINE,
  exitCodes: "0 tasks will run, 1 some will not",
});

/** Looks at a worker. */
export const doctorCommand: Command = {
  summary: "says whether what is on this worker fits together",
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
  throw new UsageError(NAME, `--airflow is ${RELEASE_LINES.join(" or ")}, not ${text}`);
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
    ? "\nIt fits together.\n"
    : `\nIt does not fit together. Change this first: ${change}.\n`;
  return lines.join("") + end;
}
