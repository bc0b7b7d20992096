/**
 * `replay`: runs a recorded task again.
 *
 * @module
 */
import { type ReplayResult, replayRun } from "../../local/replay/replay.ts";
import { TaskRuntimeError } from "../../error.ts";
import { parseRecording, type RecordedRun } from "../../protocol/recording.ts";
import { encodeTagged } from "../../wire/tagged_json.ts";
import {
  type Command,
  type CommandLine,
  parseOptions,
  UsageError,
  writeHelp,
} from "../command_line.ts";
import { loadProgram } from "../program.ts";
import { print } from "../terminal.ts";

const NAME = "airflow-task-runtime replay";

const LINE: CommandLine = {
  options: [
    {
      name: "task",
      value: "ID",
      repeatable: true,
      about: "replay only runs of this task; repeatable",
      complete: [],
    },
    { name: "json", about: "print the result as one line of JSON" },
    {
      name: "deno",
      value: "PATH",
      about: "deno that runs MODULE; $DENO or deno on PATH by default",
    },
    { name: "config", value: "PATH", about: "configuration file of deno" },
  ],
  positionals: [2, 2],
};

const HELP = writeHelp({
  name: NAME,
  does: "run a recorded task again, and print the first difference",
  usage: ["[options] RECORDING BUNDLE|MODULE"],
  about: [
    'Make a RECORDING with "dev --record FILE", or on a worker with the environment variable ' +
    "AIRFLOW_TASK_RUNTIME_RECORD, set to a file or a folder. The task receives the recorded replies, " +
    "and its requests are compared with the recorded ones, including the terminal message. " +
    "Timestamps with the same distance from the current time, random ids and masked secrets count " +
    "as equal.",
  ],
  line: LINE,
  exitCodes: "0 no difference, 1 a difference",
});

/** The result of one recorded run. */
interface Replayed extends ReplayResult {
  readonly task: string;
  readonly tryNumber: number | null;
}

/** The command `replay`. */
export const replayCommand: Command = {
  summary: "run a recorded task again and print the first difference",
  help: HELP,
  line: LINE,
  async run(args) {
    const options = parseOptions(NAME, args, LINE);
    const [file = "", path = ""] = options.positionals;
    const runs = await readRuns(file, options.list("task"));
    const program = await loadProgram(path, {
      deno: options.value("deno"),
      config: options.value("config"),
    });
    const replayed: Replayed[] = [];
    for (const run of runs) {
      const result = await replayRun(run, { command: program.command, env: program.env });
      replayed.push({ ...nameOf(run), ...result });
    }
    const isSame = replayed.every(({ difference }) => difference === null);
    print(options.flag("json") ? json(replayed, isSame) : replayed.map(described).join(""));
    return isSame ? 0 : 1;
  },
};

async function readRuns(path: string, tasks: readonly string[]): Promise<RecordedRun[]> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(NAME, `cannot read "${path}": ${reason}`);
  }
  let runs: RecordedRun[];
  try {
    runs = parseRecording(text);
  } catch (error) {
    if (!(error instanceof TaskRuntimeError)) throw error;
    throw new UsageError(NAME, `"${path}" is not a recording: ${error.message}`);
  }
  const wanted = runs.filter((run) => tasks.length === 0 || tasks.includes(taskIdOf(run)));
  if (wanted.length > 0) return wanted;
  const has = [...new Set(runs.map(taskIdOf))].join(", ") || "none";
  throw new UsageError(NAME, `"${path}" has no run of this task; recorded: ${has}`);
}

function taskIdOf({ first }: RecordedRun): string {
  return String(Object(first?.["ti"]).task_id ?? first?.["type"] ?? "");
}

function nameOf(run: RecordedRun): Pick<Replayed, "task" | "tryNumber"> {
  const tryNumber: unknown = Object(run.first?.["ti"]).try_number;
  return { task: taskIdOf(run), tryNumber: typeof tryNumber === "number" ? tryNumber : null };
}

function described({ task, tryNumber, ...result }: Replayed): string {
  const { difference, compared, volatile, isComplete } = result;
  const name = tryNumber === null ? task : `${task}, try ${tryNumber}`;
  if (difference === null) {
    const loose = volatile === 0
      ? ""
      : `; ${volatile} ${volatile === 1 ? "value varies" : "values vary"} between runs`;
    const part = isComplete ? "" : ", up to the end of the recording";
    const count = `${compared} request${compared === 1 ? "" : "s"}`;
    return `${name}: no difference in ${count}${part}${loose}\n`;
  }
  const { request, type, path } = difference;
  const place = path === "" ? "" : ` at ${path}`;
  return `${name}: request ${request} (${type}) differs${place}\n` +
    `  recorded  ${shown(difference.recorded)}\n` +
    `  replayed  ${shown(difference.replayed)}\n`;
}

/** Returns a value on one line, truncated. */
function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = encodeTagged(value);
  return text.length <= 500 ? text : `${text.slice(0, 500)} … (${text.length} characters)`;
}

function json(runs: readonly Replayed[], isSame: boolean): string {
  return `${encodeTagged({ same: isSame, runs })}\n`;
}
