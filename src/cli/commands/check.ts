/**
 * `check`: whether a bundle and its Python Dag files fit together.
 *
 * @module
 */
import { compare, type PlacedFile } from "../../python_dag/compare.ts";
import { readStubs } from "../../python_dag/read_stubs.ts";
import { TaskRuntimeError } from "../../error.ts";
import { ASKING_OPTIONS, readBundle } from "./bundle_metadata.ts";
import type { Command } from "../command_table.ts";
import { writeHelp } from "../help.ts";
import { type CommandLine, parseOptions } from "../options.ts";
import { print } from "../terminal.ts";

const NAME = "airflow-task-runtime check";

const LINE: CommandLine = {
  options: [
    {
      name: "queue",
      value: "NAME",
      about: 'the queue that routes the tasks to the bundle; "deno" by default',
      complete: [],
    },
    { name: "json", about: "the differences as one line of JSON" },
    ...ASKING_OPTIONS,
  ],
  positionals: [2, Infinity],
};

const HELP = writeHelp({
  name: NAME,
  does: "compares a bundle with the Python Dag files that its tasks are stubs of",
  usage: ["[options] BUNDLE|MODULE DAG.py..."],
  about: [
    "Tells ids that only one side has, with the nearest one of the other; queues; parameters, " +
    "where the handler declares them. The files are read, not run, and Python need not be there: " +
    "what is computed when they run cannot be told, and is listed as such.",
  ],
  line: LINE,
  exitCodes: "0 they fit, 1 they differ",
});

/** Compares a bundle with Dag files. */
export const checkCommand: Command = {
  summary: "compares a bundle with its Python Dag files",
  help: HELP,
  line: LINE,
  async run(args) {
    const options = parseOptions(NAME, args, LINE);
    const [path = "", ...dagPaths] = options.positionals;
    const bundle = await readBundle(path, {
      deno: options.value("deno"),
      config: options.value("config"),
      allow: options.list("allow"),
    });
    const files = await Promise.all(dagPaths.map(readDagFile));
    const queue = options.value("queue") ?? "deno";
    const differences = compare({ bundle, path, files, queue });
    const unread = files.flatMap((file) =>
      file.notes.map(({ line, text }) => ({ place: `${file.path}:${line}`, text }))
    );
    if (options.flag("json")) print(`${JSON.stringify({ differences, unread })}\n`);
    else {
      const told = differences.map(({ place, dagId, text }) =>
        `${place}: Dag "${dagId}": ${text}\n`
      );
      const notTold = unread.map(({ place, text }) => `${place}: cannot tell: ${text}\n`);
      print([...told, ...notTold, summary(differences.length, unread.length)].join(""));
    }
    return differences.length === 0 ? 0 : 1;
  },
};

function summary(differences: number, unread: number): string {
  const but = unread === 0 ? "" : `; ${count(unread, "place")} could not be told`;
  return differences === 0 ? `They fit${but}\n` : `${count(differences, "difference")}${but}\n`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

async function readDagFile(path: string): Promise<PlacedFile> {
  try {
    return { path, ...readStubs(await Deno.readTextFile(path)) };
  } catch (cause) {
    const missing = cause instanceof Deno.errors.NotFound;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TaskRuntimeError(
      missing ? "NOT_FOUND" : "INVALID",
      `Cannot read ${path}: ${missing ? "there is no such file" : reason}`,
      { cause },
    );
  }
}
