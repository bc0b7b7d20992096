/**
 * `init`: a new project.
 *
 * @module
 */
import { basename, join, resolve } from "node:path";
import { checkId } from "../../bundle/metadata.ts";
import { TaskRuntimeError } from "../../error.ts";
import { moduleSettings } from "../../scaffold/module_settings.ts";
import { projectFiles } from "../../scaffold/project_files.ts";
import { VERSION } from "../../runtime/version.ts";
import {
  type Command,
  type CommandLine,
  parseOptions,
  UsageError,
  writeHelp,
} from "../command_line.ts";
import { writeNewFile } from "../new_file.ts";
import { print } from "../terminal.ts";

const NAME = "airflow-task-runtime init";

const LINE: CommandLine = {
  options: [
    {
      name: "module",
      value: "SOURCE",
      about: "where the project gets the module: a path to a copy of it (mod.ts, or its folder), " +
        `or a URL; by default jsr:@airflow-deno/task-runtime@^${VERSION}`,
    },
    {
      name: "dag",
      value: "ID",
      about: "the id of the Dag; by default the folder's name",
      complete: [],
    },
    {
      name: "queue",
      value: "NAME",
      about: 'the queue of its tasks; "deno" by default',
      complete: [],
    },
    { name: "force", about: "write into a folder that is not empty, over files of the same names" },
    { name: "json", about: "what was written, as one line of JSON" },
  ],
  positionals: [0, 1],
  complete: "folder",
};

const HELP = writeHelp({
  name: NAME,
  does: "makes a project: tasks, their test, a bundle, its Dag file",
  usage: ["[options] [DIR]"],
  about: [
    "DIR is the current folder by default. deno.json has the tasks dev, test, pack and check, " +
    "which need Deno and no other program; a workflow for GitHub runs check and pack. Without " +
    "internet, --module names a copy of the module, whose own imports go into deno.json.",
  ],
  line: LINE,
  exitCodes: "0 done, 1 failed",
});

/** Makes a project. */
export const initCommand: Command = {
  summary: "makes a project: tasks, test, Dag file",
  help: HELP,
  line: LINE,
  async run(args) {
    const options = parseOptions(NAME, args, LINE);
    const [folder = "."] = options.positionals;
    const force = options.flag("force");
    const dagId = dagIdOf(options.value("dag"), folder);
    const source = options.value("module") ?? `jsr:@airflow-deno/task-runtime@^${VERSION}`;
    const files = projectFiles({
      dagId,
      queue: options.value("queue") ?? "deno",
      module: await moduleSettings(source),
    });
    const present = await contentOf(folder);
    if (present.length > 0 && !force) throw notEmpty(folder, present);
    const written: { path: string; replaced: boolean }[] = [];
    for (const [name, text] of files) {
      const path = join(folder, name);
      const replaced = await Deno.lstat(path).then(() => true, () => false);
      await writeNewFile(path, text, { force });
      written.push({ path, replaced });
    }
    print(
      options.flag("json")
        ? `${JSON.stringify({ folder: resolve(folder), dagId, module: source, files: written })}\n`
        : describe(folder, written),
    );
    return 0;
  },
};

function describe(folder: string, files: readonly { path: string; replaced: boolean }[]): string {
  const lines = files.map(({ path, replaced }) => `${replaced ? "replaced" : "made"} ${path}\n`);
  const enter = folder === "." ? "" : `  cd ${folder}\n`;
  return `${lines.join("")}\nNext:\n${enter}${
    [
      "deno task test   # the tests of the tasks",
      "deno task dev    # the tasks, here, without Airflow",
      "deno task check  # all that the workflow checks, and whether dag.py fits",
      "deno task pack   # the bundle, for a worker",
    ].map((line) => `  ${line}\n`).join("")
  }`;
}

function dagIdOf(given: string | undefined, folder: string): string {
  if (given !== undefined) {
    try {
      checkId("dag_id", given);
    } catch (error) {
      if (error instanceof TaskRuntimeError) throw new UsageError(NAME, error.message);
      throw error;
    }
    return given;
  }
  const name = basename(resolve(folder)).replaceAll(/[^\p{L}\p{N}_.-]+/gu, "_").slice(0, 250);
  return /^[_.-]*$/.test(name) ? "tasks" : name;
}

/** The names in the folder, that of a fresh repository aside; none where there is no folder. */
async function contentOf(folder: string): Promise<string[]> {
  try {
    const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
    return names.filter((name) => name !== ".git").sort();
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return [];
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TaskRuntimeError("INVALID", `Cannot make a project in ${folder}: ${reason}`, {
      cause,
    });
  }
}

function notEmpty(folder: string, names: readonly string[]): TaskRuntimeError {
  const some = names.slice(0, 3).join(", ") + (names.length > 3 ? ", …" : "");
  return new TaskRuntimeError(
    "CONFLICT",
    `Cannot make a project in ${folder}: it is not empty (${some}); --force writes into it all ` +
      "the same, over files of the same names",
  );
}
