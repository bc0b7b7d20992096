/**
 * `stubs`: writes the Python Dag file of a bundle.
 *
 * @module
 */
import { basename } from "node:path";
import { writeStubs } from "../../python_dag/write_stubs.ts";
import { MODULE_OPTIONS, readBundle } from "./bundle_metadata.ts";
import { type Command, type CommandLine, parseOptions, writeHelp } from "../command_line.ts";
import { writeNewFile } from "../new_file.ts";
import { notify, print } from "../terminal.ts";

const NAME = "airflow-task-runtime stubs";

const LINE: CommandLine = {
  options: [
    { name: "out", value: "FILE", about: "file to write; stdout by default" },
    {
      name: "queue",
      value: "NAME",
      about: 'queue of the tasks; "deno" by default',
      complete: [],
    },
    { name: "force", about: "overwrite an existing file" },
    {
      name: "json",
      about: "print the Dags, their tasks and the text of the file as one line of JSON",
    },
    ...MODULE_OPTIONS,
  ],
  positionals: [1, 1],
};

const HELP = writeHelp({
  name: NAME,
  does: "write the Python Dag file of a bundle",
  usage: ["[options] BUNDLE|MODULE"],
  about: [
    "The file has a @task.stub for each task, with its id, its queue and the parameters that the " +
    "handler declares. Add the order of the tasks and their arguments. The command check compares " +
    "the file with the bundle.",
  ],
  line: LINE,
  exitCodes: "0 success, 1 failure",
});

/** The command `stubs`. */
export const stubsCommand: Command = {
  summary: "write the Python Dag file of a bundle",
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
