/**
 * Checks of this program and the folder for temporary files.
 *
 * @module
 */
import { statfsSync } from "node:fs";
import type { Finding } from "./finding.ts";

/** The space that log lines of several tasks need while Airflow reads slowly, in bytes. */
const ENOUGH_BYTES = 64 << 20;

/** Options of {@linkcode checkMachine}. */
export interface MachineOptions {
  /** The environment of the worker. */
  readonly env: Readonly<Record<string, string>>;
  /** The path of the runtime binary; undefined if Deno runs the command line. */
  readonly binary?: string | undefined;
  /** The version of this runtime. */
  readonly version: string;
}

/** Checks this program, its permissions, and the folder for temporary files. */
export async function checkMachine(
  { env, binary, version }: MachineOptions,
): Promise<readonly Finding[]> {
  return [
    binary === undefined ? commandLine(version) : await checkBinary(binary, version),
    await checkTemporaryPlace(env),
  ];
}

function commandLine(version: string): Finding {
  const text = `version ${version}, run by Deno ${Deno.version.deno} (${Deno.execPath()})`;
  return { topic: "command line", status: "ok", text };
}

async function checkBinary(program: string, version: string): Promise<Finding> {
  const topic = "binary";
  const mode = (await Deno.stat(program)).mode ?? 0;
  const octal = (mode & 0o777).toString(8).padStart(4, "0");
  const text = `${program}, version ${version}, mode ${octal}`;
  return (mode & 0o005) === 0o005 ? { topic, status: "ok", text } : {
    topic,
    status: "warn",
    text: `${text}: tasks with run_as_user cannot execute it`,
    fix: `chmod a+rx ${program}`,
  };
}

async function checkTemporaryPlace(env: Readonly<Record<string, string>>): Promise<Finding> {
  const topic = "temporary files";
  const path = env["TMPDIR"] || "/tmp";
  if (!await canWriteTo(path)) {
    const text =
      `this user cannot write to ${path}; log lines stay in memory while Airflow reads slowly`;
    return { topic, status: "warn", text, fix: "set TMPDIR to a writable folder" };
  }
  const free = freeBytes(path);
  const room = free === undefined ? "" : `, ${Math.floor(free / (1 << 20))} MiB free`;
  return free !== undefined && free < ENOUGH_BYTES
    ? { topic, status: "warn", text: `${path}${room}: too little to buffer log lines` }
    : { topic, status: "ok", text: `${path}${room}` };
}

/** Returns true if this user can create a file in the folder. */
export async function canWriteTo(folder: string): Promise<boolean> {
  try {
    await Deno.remove(await Deno.makeTempFile({ dir: folder, prefix: "airflow-task-runtime-" }));
    return true;
  } catch {
    return false;
  }
}

function freeBytes(path: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
