/**
 * `dev`: a bundle's tasks on the local supervisor, without Airflow.
 *
 * @module
 */
import { type DagRunSummary, runDag } from "../dev/dag_run.ts";
import { parseFixtures } from "../dev/fixtures.ts";
import { openStore } from "../dev/open_store.ts";
import { TaskRuntimeError } from "../error.ts";
import type { Command } from "./command.ts";
import { DagRunDisplay } from "./dag_run_display.ts";
import { parseOptions, schemaDate } from "./options.ts";
import { loadProgram, type Program } from "./program.ts";
import { hasColor, print } from "./terminal.ts";
import { UsageError } from "./usage_error.ts";

const NAME = "airflow-task-runtime dev";

const HELP = `${NAME}: runs the tasks of a bundle on a local supervisor, without Airflow

Usage:
  ${NAME} [options] BUNDLE|MODULE

  BUNDLE was made by pack; a MODULE (.ts, .js) is run as it is, by deno. The tasks of one Dag run
  one after the other, in the order in which they were registered, XComs flow between them, and
  each is a process of its own that speaks with the supervisor as it would with Airflow's.

Options:
  --fixtures FILE  JSON: connections, variables, XComs of tasks elsewhere, assets, other Dag runs,
                   answers of people, events of triggers, retries and the states expected of
                   tasks. AIRFLOW_CONN_* and AIRFLOW_VAR_* of the environment win
  --state FILE     keeps Airflow's part (XComs, state stores, runs) in this SQLite file from run to
                   run; in memory by default
  --record FILE    writes what the tasks and Airflow say to each other, and the log, to this file as
                   JSON lines, secrets masked, for replay; to a folder, a file a run
  --max-wait SECS  waits of tasks (retries, sensors, triggers) longer than this are skipped; 1 by
                   default
  --schema DATE    the supervisor schema to speak, instead of the one that the bundle declares
  --dag ID         the Dag, where the bundle has several
  --task ID        only this task; repeatable
  --json           the result as JSON, and the log on stderr left out
  --deno PATH      the deno for a MODULE
  --config PATH    its configuration file

Exit codes: 0 each task ended as expected (success, unless the fixtures say otherwise), 1 not so.
`;

/** Runs a bundle's tasks locally. */
export const devCommand: Command = {
  summary: "runs a bundle's tasks here, without Airflow",
  help: HELP,
  async run(args) {
    const options = parseOptions(NAME, args, {
      flags: ["json"],
      values: ["fixtures", "state", "record", "max-wait", "schema", "dag", "deno", "config"],
      lists: ["task"],
      positionals: [1, 1],
    });
    const [path = ""] = options.positionals;
    const fixtures = await readFixtures(options.value("fixtures"));
    const program = await loadProgram(path, {
      deno: options.value("deno"),
      config: options.value("config"),
    });
    const dagId = dagOf(program, options.value("dag"));
    const tasks = tasksOf(program, dagId, options.list("task"));
    const display = new DagRunDisplay({ color: hasColor(), quiet: options.flag("json") });
    const maxWaitSeconds = secondsOf(options.value("max-wait"));
    using interrupt = new Interrupt();
    using opened = await openStore(options.value("state"));
    const summary = await runDag({
      dagId,
      tasks,
      fixtures,
      store: opened.store,
      ...(maxWaitSeconds === undefined ? {} : { maxWaitSeconds }),
      command: program.command,
      env: { ...program.env, ...await recordingEnv(options.value("record")) },
      date: schemaDate(NAME, options.value("schema")) ?? program.date,
      signal: interrupt.signal,
      onEvent: (event) => display.show(event),
    });
    print(options.flag("json") ? json(summary) : display.summarise(summary));
    return summary.asExpected ? 0 : 1;
  },
};

/** Each task's own runtime writes its part, behind that of the task before it. */
async function recordingEnv(path: string | undefined): Promise<Record<string, string>> {
  if (path === undefined) return {};
  const file = path.startsWith("/") ? path : `${Deno.cwd()}/${path}`;
  const known = await Deno.stat(file).catch(() => undefined);
  // A folder gets a file a run; a file holds the present Dag run, and no other.
  if (known?.isFile) await Deno.truncate(file);
  return { AIRFLOW_TASK_RUNTIME_RECORD: file };
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

async function readFixtures(path: string | undefined): Promise<ReturnType<typeof parseFixtures>> {
  const environment = Deno.env.toObject();
  if (path === undefined) return parseFixtures("{}", environment);
  try {
    return parseFixtures(await Deno.readTextFile(path), environment);
  } catch (cause) {
    if (cause instanceof TaskRuntimeError) {
      throw new TaskRuntimeError(cause.code, `${cause.message} (${path})`, { cause });
    }
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TaskRuntimeError("NOT_FOUND", `Cannot read fixtures ${path}: ${reason}`, { cause });
  }
}

function dagOf({ path, dags }: Program, wanted: string | undefined): string {
  const dagIds = [...dags.keys()];
  if (wanted !== undefined && dags.has(wanted)) return wanted;
  const [only] = dagIds;
  if (wanted === undefined && only !== undefined && dagIds.length === 1) return only;
  if (only === undefined) {
    throw new TaskRuntimeError("INVALID", `Cannot run ${path}: it has no tasks`);
  }
  throw new UsageError(
    NAME,
    wanted === undefined
      ? `${path} has several Dags, ${dagIds.join(", ")}: name one with --dag`
      : `${path} has no Dag "${wanted}", it has ${dagIds.join(", ")}`,
  );
}

function tasksOf(
  { path, dags }: Program,
  dagId: string,
  wanted: readonly string[],
): readonly string[] {
  const tasks = dags.get(dagId) ?? [];
  const unknown = wanted.find((taskId) => !tasks.includes(taskId));
  if (unknown !== undefined) {
    throw new UsageError(
      NAME,
      `Dag "${dagId}" of ${path} has no task "${unknown}", it has ${tasks.join(", ")}`,
    );
  }
  return wanted.length === 0 ? tasks : wanted;
}

function json(summary: DagRunSummary): string {
  return JSON.stringify(summary, (_key, value) => typeof value === "bigint" ? `${value}` : value) +
    "\n";
}
