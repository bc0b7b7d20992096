/**
 * `dev`: runs the tasks of a bundle on the local supervisor, without Airflow.
 *
 * @module
 */
import { resolve } from "node:path";
import { writeAtomically } from "../../bundle/output_file.ts";
import { runDag } from "../../local/scheduler/dag_run.ts";
import { type DagRunRecord, Journal } from "../../local/report/journal.ts";
import { openState } from "../../local/store/open_state.ts";
import { askOnTerminal } from "../../local/scheduler/human_input.ts";
import { SCHEMA_VERSIONS } from "../../protocol/generated_table.ts";
import {
  type Command,
  type CommandLine,
  type Options,
  parseOptions,
  schemaVersion,
  UsageError,
  writeHelp,
} from "../command_line.ts";
import { dagOf, loadPlan, tasksOf } from "../dev/dag_choice.ts";
import { writeGraph } from "../dev/dag_graph.ts";
import { DagRunDisplay } from "../dev/dag_run_display.ts";
import { defaultEnvFile, readEnvironment } from "../dev/env_file.ts";
import { eventLine, jsonLine } from "../dev/event_line.ts";
import { readFixtures } from "../dev/fixtures_file.ts";
import { loadProgram, type ModuleOptions, sourcesOf } from "../program.ts";
import { rerun } from "../dev/rerun.ts";
import { checkParams, readConf, readDate, withInputs } from "../dev/run_inputs.ts";
import { hasColor, print } from "../terminal.ts";

const NAME = "airflow-task-runtime dev";

const LINE: CommandLine = {
  options: [
    {
      name: "fixtures",
      value: "FILE",
      about: "JSON or YAML file with connections, variables, XComs, assets, Dag runs, human " +
        "responses, trigger events, retries, and the expected states of tasks",
    },
    {
      name: "env-file",
      value: "FILE",
      about: "file of NAME=value lines; .env next to the program by default. AIRFLOW_CONN_* and " +
        "AIRFLOW_VAR_* define connections and variables and override the fixtures; tasks receive " +
        "the others. The environment of this process overrides the file",
    },
    {
      name: "state",
      value: "FILE",
      about: "keep XComs, state stores and runs in a SQLite file; in memory by default. With " +
        "--task, the XComs of other tasks come from the previous run",
    },
    {
      name: "record",
      value: "FILE",
      about: "record the messages between tasks and supervisor, and the log, for replay; secrets " +
        "are masked. For a folder, each run gets its own file",
    },
    {
      name: "watch",
      about: "run again when the program, its imports, the fixtures or the environment file " +
        "change; stop with Ctrl-C",
    },
    {
      name: "report",
      value: "FILE",
      about: "write an HTML page with a timeline of tasks and requests, the log, XComs and " +
        "errors; secrets that tasks have read are masked",
    },
    {
      name: "conf",
      value: "JSON",
      about: "configuration of the run, or @FILE; overrides the fixtures. The params of a Dag in " +
        "TypeScript must match their schemas",
      complete: [],
    },
    {
      name: "date",
      value: "TIME",
      about: "logical date, e.g. 2026-01-01T00:00:00Z; now by default. The data interval is that " +
        "of a manual run",
      complete: [],
    },
    {
      name: "graph",
      value: "FILE",
      about: "draw a Dag in TypeScript as .svg or .html and run nothing; with --report, run the " +
        "Dag and draw the states",
    },
    {
      name: "max-wait",
      value: "SECS",
      about: "skip waits (retries, sensors, triggers) that are longer; 1 by default",
      complete: [],
    },
    {
      name: "schema",
      value: "DATE",
      about: "supervisor schema version; that of the bundle by default",
      complete: SCHEMA_VERSIONS,
    },
    { name: "dag", value: "ID", about: "Dag to run, if the bundle has several", complete: [] },
    {
      name: "task",
      value: "ID",
      repeatable: true,
      about: "run only this task; repeatable",
      complete: [],
    },
    { name: "json", about: "print the result as one line of JSON, and no log" },
    { name: "events", about: "print the events and the result as lines of JSON, and no log" },
    {
      name: "deno",
      value: "PATH",
      about: "deno that runs MODULE; $DENO or deno on PATH by default",
    },
    { name: "config", value: "PATH", about: "configuration file of deno" },
  ],
  positionals: [1, 1],
};

const HELP = writeHelp({
  name: NAME,
  does: "run the tasks of a bundle without Airflow",
  usage: ["[options] BUNDLE|MODULE"],
  about: [
    "A MODULE (.ts, .js) needs no packing; deno runs it. The tasks of a Dag in TypeScript run as in " +
    "Airflow, by trigger rules, branches, mapping and retries, one for each CPU core at a time (one " +
    "in total with --record). The tasks of a Python Dag run one after the other in the order of " +
    "their registration, because their graph is unknown. Each task is a process of its own, and " +
    "XComs flow between them.",
  ],
  line: LINE,
  exitCodes: "0 each task has the expected state (success by default), 1 it does not",
});

/** The command `dev`. */
export const devCommand: Command = {
  summary: "run the tasks of a bundle without Airflow",
  help: HELP,
  line: LINE,
  async run(args) {
    const options = parseOptions(NAME, args, LINE);
    // An invalid command line fails before the watch begins.
    secondsOf(options.value("max-wait"));
    schemaVersion(NAME, options.value("schema"));
    readDate(NAME, options.value("date"));
    using interrupt = new Interrupt();
    if (!options.flag("watch")) return await runOnce(options, interrupt.signal);
    return await rerun({
      files: () => filesOf(options),
      run: (signal) => runOnce(options, signal),
      signal: interrupt.signal,
      clears: Deno.stderr.isTerminal(),
    });
  },
};

/** Returns the variable with which the runtime of each task appends to the recording. */
async function recordingEnv(path: string | undefined): Promise<Record<string, string>> {
  if (path === undefined) return {};
  const file = resolve(path);
  const known = await Deno.stat(file).catch(() => undefined);
  // A file contains only the current Dag run.
  if (known?.isFile) await Deno.truncate(file);
  return { AIRFLOW_TASK_RUNTIME_RECORD: known?.isDirectory ? `${file}/` : file };
}

/** Reads all inputs, runs the Dag once and returns the exit code. */
async function runOnce(options: Options, signal: AbortSignal): Promise<number> {
  const [path = ""] = options.positionals;
  const environment = await readEnvironment(options.value("env-file"), path);
  const given = await readFixtures(options.value("fixtures"), environment.all);
  const conf = await readConf(NAME, options.value("conf"));
  const program = await loadProgram(path, moduleOptions(options));
  const dagId = dagOf(NAME, program, options.value("dag"));
  const env = { ...environment.added, ...program.env };
  const plan = await loadPlan(program, dagId, { fixtures: given, env, signal });
  const tasks = tasksOf(NAME, program, dagId, { plan, wanted: options.list("task") });
  const graph = options.value("graph");
  const report = options.value("report");
  if (graph !== undefined && report === undefined) {
    await writeGraph(graph, dagId, plan);
    return 0;
  }
  const date = readDate(NAME, options.value("date"));
  const fixtures = withInputs(given, { conf, date, plan });
  if (plan !== undefined) checkParams(plan, fixtures);
  const maxWaitSeconds = secondsOf(options.value("max-wait"));
  const asJson = options.flag("json") || options.flag("events");
  const journal = new Journal();
  using opened = await openState(options.value("state"));
  using display = new DagRunDisplay({
    color: hasColor(),
    quiet: asJson,
    terminal: Deno.stderr.isTerminal(),
  });
  const summary = await runDag({
    dagId,
    tasks,
    plan,
    // Tasks append to the recording, so they run one after the other.
    parallel: options.value("record") === undefined ? navigator.hardwareConcurrency : 1,
    fixtures,
    store: opened.store,
    maxWaitSeconds,
    command: program.command,
    env: { ...env, ...await recordingEnv(options.value("record")) },
    date: schemaVersion(NAME, options.value("schema")) ?? program.schema,
    signal,
    ask: (...question) => display.aside(() => askOnTerminal(...question)),
    onEvent(event) {
      journal.note(event);
      if (options.flag("events")) print(eventLine(event));
      display.show(event);
    },
  });
  display[Symbol.dispose]();
  if (graph !== undefined) await writeGraph(graph, dagId, plan, summary.tasks);
  if (report !== undefined) await writeReport(report, journal.record(summary, opened.store));
  if (options.flag("events")) print(jsonLine({ type: "dag-run-ended", ...summary }));
  else print(asJson ? jsonLine(summary) : display.summarise(summary));
  return summary.asExpected ? 0 : 1;
}

async function writeReport(path: string, record: DagRunRecord): Promise<void> {
  const { dagRunPage } = await import("../../local/report/page.ts");
  const page = await dagRunPage(record);
  await writeAtomically(path, (temporary) => Deno.writeTextFile(temporary, page), 0o644);
}

/** Returns the files that a run reads. */
async function filesOf(options: Options): Promise<string[]> {
  const [path = ""] = options.positionals;
  const fixtures = options.value("fixtures");
  return [
    ...await sourcesOf(path, moduleOptions(options)),
    ...(fixtures === undefined ? [] : [fixtures]),
    options.value("env-file") ?? defaultEnvFile(path),
  ];
}

function moduleOptions(options: Options): ModuleOptions {
  const record = options.value("record");
  const writes = record === undefined ? [] : [record];
  return { deno: options.value("deno"), config: options.value("config"), writes };
}

function secondsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (text.trim() !== "" && seconds >= 0) return seconds;
  throw new UsageError(NAME, `--max-wait must be a non-negative number of seconds, got ${text}`);
}

/** A signal that aborts on Ctrl-C. */
class Interrupt implements Disposable {
  readonly #controller = new AbortController();
  readonly #onSignal = (): void => this.#controller.abort();

  constructor() {
    Deno.addSignalListener("SIGINT", this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    Deno.removeSignalListener("SIGINT", this.#onSignal);
  }
}
