/**
 * The commands by name, and what is common to them.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import { SCHEMA_DATES } from "../protocol/generated_table.ts";
import { VERSION } from "../runtime/version.ts";
import { notify, print } from "./terminal.ts";

/** One command of the binary. */
export interface Command {
  /** What it does, in a line. */
  readonly summary: string;
  /** What `--help` prints. */
  readonly help: string;
  /** Does it; resolves to the exit code: 0 done, 1 failed. */
  run(args: readonly string[]): Promise<number>;
}

/** Loaded when called for: a start must not pay for what it does not use. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  pack: async () => (await import("./pack.ts")).packCommand,
  inspect: async () => (await import("./inspect.ts")).inspectCommand,
  dev: async () => (await import("./dev.ts")).devCommand,
};

/**
 * Runs the command that `args` names; resolves to the exit code: 0 done, 1 failed, 2 wrong usage.
 */
export async function main(args: readonly string[]): Promise<number> {
  try {
    return await dispatch(args);
  } catch (error) {
    if (!(error instanceof TaskRuntimeError)) throw error;
    notify(`error: ${error.message}\n`);
    return error.code === "INVALID" && error.message.startsWith('Cannot run "') ? 2 : 1;
  }
}

async function dispatch(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === "--version" || name === "-V") {
    print(version());
    return 0;
  }
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    print(await help());
    return name === undefined ? 2 : 0;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) {
    throw new TaskRuntimeError(
      "INVALID",
      `Cannot run "${name}": there is no such command; see "airflow-task-runtime --help"`,
    );
  }
  const command = await load();
  if (rest.includes("--help") || rest.includes("-h")) {
    print(command.help);
    return 0;
  }
  return await command.run(rest);
}

function version(): string {
  return [
    `airflow-task-runtime ${VERSION}`,
    `deno ${Deno.version.deno}`,
    `schema ${SCHEMA_DATES.join(", ")}`,
    "",
  ].join("\n");
}

async function help(): Promise<string> {
  const lines: string[] = [];
  for (const [name, load] of Object.entries(COMMANDS)) {
    lines.push(`  ${name.padEnd(9)}${(await load()).summary}`);
  }
  return `airflow-task-runtime ${VERSION}: runs tasks of Apache Airflow written in TypeScript

Usage:
  airflow-task-runtime COMMAND [options]
  airflow-task-runtime BUNDLE --comm=HOST:PORT --logs=HOST:PORT   (as Airflow's coordinator does)

Commands:
${lines.join("\n")}

  COMMAND --help tells more of each; --version prints versions.
  Exit codes: 0 done, 1 failed, 2 wrong usage. NO_COLOR turns colours off.
`;
}
