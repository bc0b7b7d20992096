/**
 * `dev`: a bundle's tasks on the local supervisor, without Airflow.
 *
 * @module
 */
import { resolve } from "node:path";
import { writeAtomically } from "../../bundle/output_file.ts";
import { runDag } from "../../local/scheduler/dag_run.ts";
import { type DagRunRecord, Journal } from "../../local/report/journal.ts";
import { openState } from "../../local/store/store.ts";
import { askOnTerminal } from "../../local/scheduler/human_input.ts";
import { SCHEMA_DATES } from "../../protocol/generated_table.ts";
import {
  type Command,
  type CommandLine,
  type Options,
  parseOptions,
  schemaDate,
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
      about:
        "JSON, or YAML where the name ends in .yaml or .yml: connections, variables, XComs of " +
        "tasks elsewhere, assets, other Dag runs, answers of people, events of triggers, retries " +
        "and the states expected of tasks",
    },
    {
      name: "env-file",
      value: "FILE",
      about: "NAME=value lines; .env beside the program by default. AIRFLOW_CONN_* and " +
        "AIRFLOW_VAR_* in it are connections and variables and win over the fixtures, the others " +
        "are for the tasks; this process's environment wins over the file",
    },
    {
      name: "state",
      value: "FILE",
      about: "keeps Airflow's part (XComs, state stores, runs) in this SQLite file from run to " +
        "run; in memory by default. With --task, XComs of tasks that do not run are those of the " +
        "run before",
    },
    {
      name: "record",
      value: "FILE",
      about:
        "writes what the tasks and Airflow say to each other, and the log, to this file as JSON " +
        "lines, secrets masked, for replay; to a folder, a file a run",
    },
    {
      name: "watch",
      about:
        "runs again when the program, a module that it imports, the fixtures or the environment " +
        "file changes, and ends what runs; Ctrl-C ends the watch",
    },
    {
      name: "report",
      value: "FILE",
      about: "writes a page to look at in a browser: a timeline of tasks and their requests, the " +
        "log, XComs, errors; secrets that tasks have read are masked",
    },
    {
      name: "conf",
      value: "JSON",
      about:
        "the run's configuration, or @FILE with it, over the fixtures'; of a Dag in TypeScript " +
        "the params must fit their schemas",
      complete: [],
    },
    {
      name: "date",
      value: "TIME",
      about:
        "the run's logical date, e.g. 2026-01-01T00:00:00Z; now by default. The data interval " +
        "is that of a run triggered by hand, by the Dag's schedule",
      complete: [],
    },
    {
      name: "graph",
      value: "FILE",
      about:
        "draws a Dag in TypeScript, as .svg or .html, and runs nothing; with --report it runs " +
        "and the picture shows the states",
    },
    {
      name: "max-wait",
      value: "SECS",
      about: "waits of tasks (retries, sensors, triggers) longer than this are skipped; 1 by " +
        "default",
      complete: [],
    },
    {
      name: "schema",
      value: "DATE",
      about: "the supervisor schema to speak, instead of the one that the bundle declares",
      complete: SCHEMA_DATES,
    },
    { name: "dag", value: "ID", about: "the Dag, where the bundle has several", complete: [] },
    {
      name: "task",
      value: "ID",
      repeatable: true,
      about: "only this task; repeatable",
      complete: [],
    },
    { name: "json", about: "the result as JSON, and the log on stderr left out" },
    {
      name: "events",
      about: "like --json, with a line of JSON for each event before the result's",
    },
    { name: "deno", value: "PATH", about: "the deno for a MODULE" },
    { name: "config", value: "PATH", about: "its configuration file" },
  ],
  positionals: [1, 1],
};

const HELP = writeHelp({
  name: NAME,
  does: "runs the tasks of a bundle on a local supervisor, without Airflow",
  usage: ["[options] BUNDLE|MODULE"],
  about: [
    "BUNDLE was made by pack; a MODULE (.ts, .js) is run as it is, by deno. A Dag in " +
    "TypeScript runs in the order of its graph, by trigger rules, branches, mapping and retries, " +
    "as many tasks at once as there are cores (one at a time with --record). Of a Dag in Python " +
    "the graph is not known: its tasks run one after the other, in the order in which they were " +
    "registered. XComs flow between tasks, and each is a process of its own that speaks with the " +
    "supervisor as it would with Airflow's.",
  ],
  line: LINE,
  exitCodes: "0 each task ended as expected (success, unless the fixtures say otherwise), 1 not so",
});

/** Runs a bundle's tasks locally. */
export const devCommand: Command = {
  summary: "runs a bundle's tasks here, without Airflow",
  help: HELP,
  line: LINE,
  async run(args) {
    const options = parseOptions(NAME, args, LINE);
    // What is wrong with the command line itself is told before anything is watched.
    secondsOf(options.value("max-wait"));
    schemaDate(NAME, options.value("schema"));
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

/** Each task's own runtime writes its part, behind that of the task before it. */
async function recordingEnv(path: string | undefined): Promise<Record<string, string>> {
  if (path === undefined) return {};
  const file = resolve(path);
  const known = await Deno.stat(file).catch(() => undefined);
  // A folder gets a file a run; a file holds the present Dag run, and no other.
  if (known?.isFile) await Deno.truncate(file);
  return { AIRFLOW_TASK_RUNTIME_RECORD: known?.isDirectory ? `${file}/` : file };
}

/** Runs the Dag once, everything read anew; resolves to the exit code. */
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
    ...(plan === undefined ? {} : { plan }),
    // A recording is written by one task after the other.
    parallel: options.value("record") === undefined ? navigator.hardwareConcurrency : 1,
    fixtures,
    store: opened.store,
    ...(maxWaitSeconds === undefined ? {} : { maxWaitSeconds }),
    command: program.command,
    env: { ...env, ...await recordingEnv(options.value("record")) },
    date: schemaDate(NAME, options.value("schema")) ?? program.date,
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

/** The files that a run is made of. */
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
  throw new UsageError(NAME, `--max-wait takes a number of seconds, not ${text}`);
}

/** Ctrl-C ends the running task as Airflow would, and the run with it. */
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
