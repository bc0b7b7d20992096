/**
 * `init`: creates a project.
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
      about: "module that the project imports; a URL, or the path of a copy (mod.ts or its " +
        `folder); jsr:@airflow-deno/task-runtime@^${VERSION} by default`,
    },
    {
      name: "dag",
      value: "ID",
      about: "id of the Dag; the name of the folder by default",
      complete: [],
    },
    {
      name: "queue",
      value: "NAME",
      about: 'queue of the tasks; "deno" by default',
      complete: [],
    },
    { name: "force", about: "write to a folder that is not empty, and overwrite files" },
    { name: "json", about: "print the written files as one line of JSON" },
  ],
  positionals: [0, 1],
  complete: "folder",
};

const HELP = writeHelp({
  name: NAME,
  does: "create a project with tasks, tests, a bundle and its Dag file",
  usage: ["[options] [DIR]"],
  about: [
    "DIR is the current folder by default. deno.json defines the tasks dev, test, pack and check, " +
    "which need Deno, and Python for check. A GitHub workflow runs check and pack. Without internet " +
    "access, set --module to a copy of the module.",
  ],
  line: LINE,
  exitCodes: "0 success, 1 failure",
});

/** The command `init`. */
export const initCommand: Command = {
  summary: "create a project with tasks, tests and a Dag file",
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
  const lines = files.map(({ path, replaced }) => `${replaced ? "replaced" : "created"} ${path}\n`);
  const enter = folder === "." ? "" : `  cd ${folder}\n`;
  return `${lines.join("")}\nNext:\n${enter}${
    [
      "deno task test   # test the tasks",
      "deno task dev    # run the tasks without Airflow",
      "deno task check  # check format, lint, types, tests and dag.py",
      "deno task pack   # make the bundle",
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

/** Returns the names in the folder without .git; an empty list if the folder does not exist. */
async function contentOf(folder: string): Promise<string[]> {
  try {
    const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
    return names.filter((name) => name !== ".git").sort();
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return [];
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TaskRuntimeError("INVALID", `Cannot create a project in "${folder}": ${reason}`, {
      cause,
    });
  }
}

function notEmpty(folder: string, names: readonly string[]): TaskRuntimeError {
  const some = names.slice(0, 3).join(", ") + (names.length > 3 ? ", …" : "");
  return new TaskRuntimeError(
    "CONFLICT",
    `Cannot create a project in "${folder}": the folder is not empty (${some}). ` +
      "Use --force to overwrite files",
  );
}
