/**
 * `check`: compares a bundle with its Python Dag files.
 *
 * @module
 */
import { compare } from "../../python_dag/compare.ts";
import { readDagFiles } from "../../python_dag/dag_file.ts";
import { MODULE_OPTIONS, readBundle } from "./bundle_metadata.ts";
import { type Command, type CommandLine, parseOptions, writeHelp } from "../command_line.ts";
import { print } from "../terminal.ts";

const NAME = "airflow-task-runtime check";

const LINE: CommandLine = {
  options: [
    {
      name: "queue",
      value: "NAME",
      about: 'queue of the tasks; "deno" by default',
      complete: [],
    },
    {
      name: "python",
      value: "PATH",
      about: "Python that parses the Dag files; python3 on PATH by default",
    },
    { name: "json", about: "print the differences as one line of JSON" },
    ...MODULE_OPTIONS,
  ],
  positionals: [2, Infinity],
};

const HELP = writeHelp({
  name: NAME,
  does: "compare a bundle with its Python Dag files",
  usage: ["[options] BUNDLE|MODULE DAG.py..."],
  about: [
    "Reports tasks and Dags that only one side has, with a suggestion for a misspelt id, and " +
    "queues and parameters that differ. Python parses the Dag files and does not run them. Values " +
    "that only a run would compute are listed as unknown.",
  ],
  line: LINE,
  exitCodes: "0 no difference, 1 differences found",
});

/** The command `check`. */
export const checkCommand: Command = {
  summary: "compare a bundle with its Python Dag files",
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
    const files = await readDagFiles(dagPaths, { python: options.value("python") });
    const queue = options.value("queue") ?? "deno";
    const differences = compare({ bundle, path, files, queue });
    const unread = files.flatMap((file) =>
      file.notes.map(({ line, text }) => ({ place: `${file.path}:${line}`, text }))
    );
    if (options.flag("json")) print(`${JSON.stringify({ differences, unread })}\n`);
    else {
      const lines = [
        ...differences.map(({ place, dagId, taskId, text }) =>
          `${place}: ${taskId === undefined ? "" : `Dag "${dagId}": `}${text}\n`
        ),
        ...unread.map(({ place, text }) => `${place}: unknown: ${text}\n`),
      ];
      print(lines.join("") + summary(differences.length, unread.length));
    }
    return differences.length === 0 ? 0 : 1;
  },
};

function summary(differences: number, unread: number): string {
  const unknown = unread === 0 ? "" : `, ${count(unread, "unknown place")}`;
  return differences === 0
    ? `No differences${unknown}\n`
    : `${count(differences, "difference")}${unknown}\n`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
