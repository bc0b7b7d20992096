/**
 * `stubs`: the Python Dag file for a bundle.
 *
 * @module
 */
import { basename } from "node:path";
import { writeStubs } from "../../python_dag/write_stubs.ts";
import { ASKING_OPTIONS, readBundle } from "./bundle_metadata.ts";
import { type Command, type CommandLine, parseOptions, writeHelp } from "../command_line.ts";
import { writeNewFile } from "../new_file.ts";
import { notify, print } from "../terminal.ts";

const NAME = "airflow-task-runtime stubs";

const LINE: CommandLine = {
  options: [
    { name: "out", value: "FILE", about: "where to write it; on stdout by default" },
    {
      name: "queue",
      value: "NAME",
      about: 'the queue that routes the tasks to the bundle; "deno" by default',
      complete: [],
    },
    { name: "force", about: "write over a file that is there" },
    { name: "json", about: "the Dags, their tasks and the file's text as one line of JSON" },
    ...ASKING_OPTIONS,
  ],
  positionals: [1, 1],
};

const HELP = writeHelp({
  name: NAME,
  does: "writes the Python Dag file that goes with a bundle",
  usage: ["[options] BUNDLE|MODULE"],
  about: [
    "A @task.stub for each task, with its id, its queue and the parameters that the handler's " +
    "schema declares. What the tasks hand on to each other, and in which order they run, is for " +
    "you to write; check compares the two after that.",
  ],
  line: LINE,
  exitCodes: "0 done, 1 failed",
});

/** Writes stubs. */
export const stubsCommand: Command = {
  summary: "writes the Python Dag file of a bundle",
  help: HELP,
  line: LINE,
  async run(args) {
    const options = parseOptions(NAME, args, LINE);
    const [path = ""] = options.positionals;
    const { dags } = await readBundle(path, {
      deno: options.value("deno"),
      config: options.value("config"),
      allow: options.list("allow"),
    });
    const out = options.value("out");
    const text = writeStubs({ dags }, {
      queue: options.value("queue") ?? "deno",
      source: basename(path),
    });
    if (out !== undefined) {
      await writeNewFile(out, text, { force: options.flag("force") });
      notify(`wrote ${out}\n`);
    }
    if (options.flag("json")) print(`${JSON.stringify({ dags, path: out ?? null, text })}\n`);
    else if (out === undefined) print(text);
    return 0;
  },
};
