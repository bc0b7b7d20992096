/** The commands of the faulty tasks, and helpers that start them and read their log. */
import { assert } from "@std/assert";
import type { StartupOptions } from "../../src/local/supervisor/startup_details.ts";
import type { SessionSettings } from "../../src/runtime/session.ts";
import { authorCommand, taskCommand } from "../author_command.ts";
import { HandSupervisor, type StartOptions } from "../runtime/hand_supervisor.ts";

/** The command of the faulty tasks. */
export const COMMAND = taskCommand(new URL("testdata/faults.ts", import.meta.url));

/** The same from the sources, for handlers that need permissions which the binary denies. */
export const UNCONFINED = authorCommand(new URL("testdata/faults.ts", import.meta.url));

/** The same with the shorter waits of FAULTS_SETTINGS. */
const IMPATIENT = authorCommand(new URL("testdata/impatient.ts", import.meta.url));

/** The binary that `scripts/build` compiles, which scripts/gate.ts runs before the tests. */
export const BINARY = new URL("../../dist/airflow-task-runtime", import.meta.url).pathname;

/** True if the binary is compiled. */
export const isBuilt = await Deno.stat(BINARY).then(() => true, () => false);

/** Sets the time from SIGTERM to SIGKILL to 2.5 s instead of Airflow's 5 s. */
export const KILLED_SOON = { AIRFLOW__CORE__KILLED_TASK_CLEANUP_TIME: "2.5" };

/** Starts a faulty task and sends its StartupDetails; with `settings` its waits are shorter. */
export async function startTask(
  taskId: string,
  options: Partial<StartupOptions> & StartOptions & {
    readonly settings?: SessionSettings;
    readonly command?: readonly string[];
  } = {},
): Promise<HandSupervisor> {
  const { settings, command = COMMAND, env, ...startup } = options;
  const supervisor = settings === undefined
    ? await HandSupervisor.start(command, { env: { ...env } })
    : await startImpatient(settings);
  await supervisor.startTask(taskId, startup);
  return supervisor;
}

/** Starts the process of the faulty tasks with shorter waits. */
export function startImpatient(settings: SessionSettings): Promise<HandSupervisor> {
  return HandSupervisor.start(IMPATIENT, { env: { FAULTS_SETTINGS: JSON.stringify(settings) } });
}

/** Returns the event of each log line, followed by the message of its exception. */
export function eventsOf(log: string): string[] {
  assert(log === "" || log.endsWith("\n"), "no line is cut");
  return log.trimEnd().split("\n").filter((line) => line !== "").map((line) => {
    const { event, exception } = JSON.parse(line);
    return exception === undefined ? event : `${event}: ${exception[0].exc_value}`;
  });
}

/** Returns the seconds since a time of `performance.now()`. */
export function secondsSince(since: number): number {
  return (performance.now() - since) / 1000;
}

/** Answers every request with null until the terminal frame, and that too; gives their types. */
export async function answerAll(supervisor: HandSupervisor): Promise<Record<string, unknown>[]> {
  const bodies: Record<string, unknown>[] = [];
  for (;;) {
    const [id, body] = await supervisor.receive();
    bodies.push(body);
    await supervisor.reply(id);
    if (body["end_date"] !== undefined) return bodies;
  }
}
