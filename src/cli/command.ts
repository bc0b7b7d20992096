/**
 * The commands by name, and what is common to them.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import { SCHEMA_DATES } from "../protocol/generated_table.ts";
import { VERSION } from "../runtime/version.ts";
import { type CommandLine, HELP_OPTION, type Option } from "./options.ts";
import { notify, print } from "./terminal.ts";
import { UsageError } from "./usage_error.ts";

/** One command of the binary. */
export interface Command {
  /** What it does, in a line. */
  readonly summary: string;
  /** What `--help` prints. */
  readonly help: string;
  /** What it takes. */
  readonly line: CommandLine;
  /** Does it; resolves to the exit code: 0 done, 1 failed. */
  run(args: readonly string[]): Promise<number>;
}

/** The program's name. */
export const NAME = "airflow-task-runtime";

/** What the program takes in a command's place. */
export const FLAGS: readonly Option[] = [
  HELP_OPTION,
  { name: "version", about: "prints versions" },
];

/** The commands; loaded when called for: a start must not pay for what it does not use. */
export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import("./init.ts")).initCommand,
  dev: async () => (await import("./dev.ts")).devCommand,
  stubs: async () => (await import("./stubs.ts")).stubsCommand,
  check: async () => (await import("./check.ts")).checkCommand,
  pack: async () => (await import("./pack.ts")).packCommand,
  inspect: async () => (await import("./inspect.ts")).inspectCommand,
  replay: async () => (await import("./replay.ts")).replayCommand,
  doctor: async () => (await import("./doctor.ts")).doctorCommand,
  completions: async () => (await import("./completions.ts")).completionsCommand,
};

/**
 * Runs the command that `args` names; resolves to the exit code: 0 done, 1 failed, 2 wrong usage.
 */
export async function main(args: readonly string[]): Promise<number> {
  try {
    return await dispatch(args);
  } catch (error) {
    // What is left is a defect of ours, and its stack tells where.
    if (!(error instanceof TaskRuntimeError) && !isFromSystem(error)) throw error;
    notify(`error: ${error.message}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function dispatch(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined) {
    notify(await help());
    return 2;
  }
  if (name === "--version" || name === "-V") {
    print(version());
    return 0;
  }
  if (name === "--help" || name === "-h" || name === "help" && rest.length === 0) {
    print(await help());
    return 0;
  }
  if (name === "help") return await dispatch([...rest, "--help"]);
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) throw await unknown(name);
  const command = await load();
  if (rest.includes("--help") || rest.includes("-h")) {
    print(command.help);
    return 0;
  }
  return await command.run(rest);
}

async function unknown(name: string): Promise<UsageError> {
  if (name.startsWith("-")) return new UsageError(NAME, `it has no option ${name.split("=")[0]}`);
  const isFile = await Deno.stat(name).then((info) => info.isFile, () => false);
  return new UsageError(
    NAME,
    isFile
      ? `${name} comes with --comm and --logs, from Airflow's coordinator; to run it here: ` +
        `${NAME} dev ${name}`
      : `there is no command ${name}`,
  );
}

/** Whether the operating system refused: its message names the file, and a stack says no more. */
function isFromSystem(error: unknown): error is Error {
  return Object.values(Deno.errors).some((type) => error instanceof type);
}

function version(): string {
  return [
    `${NAME} ${VERSION}`,
    `deno ${Deno.version.deno}`,
    `schema ${SCHEMA_DATES.join(", ")}`,
    "",
  ].join("\n");
}

async function help(): Promise<string> {
  const lines: string[] = [];
  for (const [name, load] of Object.entries(COMMANDS)) {
    lines.push(`  ${name.padEnd(13)}${(await load()).summary}`);
  }
  return `${NAME} ${VERSION}: runs tasks of Apache Airflow written in TypeScript

Usage:
  ${NAME} COMMAND [options]
  ${NAME} BUNDLE --comm=HOST:PORT --logs=HOST:PORT   (as Airflow's coordinator does)

Commands:
${lines.join("\n")}

  COMMAND --help tells more of each; --version prints versions.
  Exit codes: 0 done, 1 failed, 2 wrong usage. NO_COLOR turns colours off.
`;
}
