/**
 * The commands by name, and their dispatch.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import { SCHEMA_VERSIONS } from "../protocol/generated_table.ts";
import { VERSION } from "../runtime/version.ts";
import {
  type CommandTable,
  HELP_OPTION,
  type Option,
  PROGRAM,
  UsageError,
} from "./command_line.ts";
import { notify, print } from "./terminal.ts";
import { isSystemError } from "../values.ts";

/** The options without a command. */
const FLAGS: readonly Option[] = [
  HELP_OPTION,
  { name: "version", about: "print versions" },
];

/** The commands. Each one is loaded on demand, so that a start loads no other. */
export const COMMANDS: CommandTable = {
  init: async () => (await import("./commands/init.ts")).initCommand,
  dev: async () => (await import("./commands/dev.ts")).devCommand,
  stubs: async () => (await import("./commands/stubs.ts")).stubsCommand,
  check: async () => (await import("./commands/check.ts")).checkCommand,
  pack: async () => (await import("./commands/pack.ts")).packCommand,
  inspect: async () => (await import("./commands/inspect.ts")).inspectCommand,
  replay: async () => (await import("./commands/replay.ts")).replayCommand,
  doctor: async () => (await import("./commands/doctor.ts")).doctorCommand,
  completions: async () =>
    (await import("./commands/completions.ts")).completionsCommand(COMMANDS, FLAGS),
};

/**
 * Runs a command and returns the exit code: 0 for success, 1 for failure, 2 for invalid usage.
 */
export async function main(args: readonly string[]): Promise<number> {
  try {
    return await dispatch(args);
  } catch (error) {
    // Any other error is a defect, which needs its stack.
    if (!(error instanceof TaskRuntimeError) && !isSystemError(error)) throw error;
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
  if (name.startsWith("-")) {
    return new UsageError(PROGRAM, `option ${name.split("=")[0]} does not exist`);
  }
  const isFile = await Deno.stat(name).then((info) => info.isFile, () => false);
  return new UsageError(
    PROGRAM,
    isFile
      ? `a bundle needs --comm and --logs, which Airflow's coordinator adds. Run it here with ` +
        `"${PROGRAM} dev ${name}"`
      : `command "${name}" does not exist`,
  );
}

function version(): string {
  return [
    `${PROGRAM} ${VERSION}`,
    `deno ${Deno.version.deno}`,
    `schema ${SCHEMA_VERSIONS.join(", ")}`,
    "",
  ].join("\n");
}

async function help(): Promise<string> {
  const lines: string[] = [];
  for (const [name, load] of Object.entries(COMMANDS)) {
    lines.push(`  ${name.padEnd(13)}${(await load()).summary}`);
  }
  return `${PROGRAM} ${VERSION}: run Apache Airflow tasks written in TypeScript

Usage:
  ${PROGRAM} COMMAND [options]
${launchUsage()}
Commands:
${lines.join("\n")}

Options:
  --help       print this help; "${PROGRAM} COMMAND --help" describes a command
  --version    print the versions of the runtime, Deno and the schemas

Exit codes: 0 success, 1 failure, 2 invalid usage. Set NO_COLOR to disable colors.
`;
}

/** Coordinators start only the compiled binary. */
function launchUsage(): string {
  return Deno.build.standalone
    ? `  ${PROGRAM} BUNDLE --comm=HOST:PORT --logs=HOST:PORT   (for Airflow's coordinator)\n`
    : "";
}
