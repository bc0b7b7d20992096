/**
 * Checks of this program, the C library and the folder for temporary files.
 *
 * @module
 */
import { statfsSync } from "node:fs";
import { FileSource } from "../bundle/byte_source.ts";
import type { Finding } from "./finding.ts";
import { canExecute } from "./search.ts";

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

/** Checks this program, its permissions, the C library and the folder for temporary files. */
export async function checkMachine(
  { env, binary, version }: MachineOptions,
): Promise<readonly Finding[]> {
  return [
    binary === undefined ? commandLine(version) : await checkBinary(binary, version),
    await checkLibrary(binary ?? Deno.execPath()),
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
  if (!canExecute(program)) {
    const text = `this user cannot execute ${program}`;
    return { topic, status: "fail", text, fix: `chmod +x ${program}` };
  }
  const octal = (mode & 0o777).toString(8).padStart(4, "0");
  const text = `${program}, version ${version}, mode ${octal}`;
  return (mode & 0o005) === 0o005 ? { topic, status: "ok", text } : {
    topic,
    status: "warn",
    text: `${text}: tasks with run_as_user cannot execute it`,
    fix: `chmod a+rx ${program}`,
  };
}

async function checkLibrary(program: string): Promise<Finding> {
  const { found, needed } = await readCLibrary(program);
  const text = `${found ?? "not found"}${
    needed === undefined ? "" : `; ${needed} or newer is needed`
  }`;
  // This program runs, so the library is new enough.
  return { topic: "glibc", status: found === undefined ? "warn" : "ok", text };
}

async function checkTemporaryPlace(env: Readonly<Record<string, string>>): Promise<Finding> {
  const topic = "temporary files";
  const { path, isWritable, free } = await tryTemporaryPlace(env);
  if (!isWritable) {
    const text =
      `this user cannot write to ${path}; log lines stay in memory while Airflow reads slowly`;
    return { topic, status: "warn", text, fix: "set TMPDIR to a writable folder" };
  }
  const room = free === undefined ? "" : `, ${Math.floor(free / (1 << 20))} MiB free`;
  return free !== undefined && free < ENOUGH_BYTES
    ? { topic, status: "warn", text: `${path}${room}: too little to buffer log lines` }
    : { topic, status: "ok", text: `${path}${room}` };
}

/** The C library and the version that the program needs. */
interface CLibrary {
  /** The version of glibc, e.g. `"2.36"`; undefined for another library. */
  readonly found: string | undefined;
  /** The newest version that the program needs; undefined if unknown. */
  readonly needed: string | undefined;
}

/** A folder for temporary files. */
interface TemporaryPlace {
  /** Its path. */
  readonly path: string;
  /** True if this user can create a file in it. */
  readonly isWritable: boolean;
  /** The free space in bytes; undefined if unknown. */
  readonly free: number | undefined;
}

/** The part of a binary that contains its dynamic symbols. */
const HEAD_BYTES = 16 << 20;

/** Returns the C library of `program`, which must be the program of this process. */
async function readCLibrary(program: string): Promise<CLibrary> {
  const maps = await Deno.readTextFile("/proc/self/maps").catch(() => "");
  const path = /(\/\S*\/libc(?:\.so\.6|-2\.\d+\.so))$/m.exec(maps)?.[1];
  const release = path === undefined ? [] : await texts(path, /stable release version (2\.\d+)/g);
  const needs = await texts(program, /\bGLIBC_(2\.\d+)/g);
  const newest = needs.toSorted((a, b) => minor(a) - minor(b)).at(-1);
  return { found: release[0], needed: newest };
}

/** Returns the state of the folder for temporary files. */
async function tryTemporaryPlace(
  env: Readonly<Record<string, string>>,
): Promise<TemporaryPlace> {
  const path = env["TMPDIR"] || "/tmp";
  return { path, isWritable: await canWriteTo(path), free: freeBytes(path) };
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

async function texts(path: string, pattern: RegExp): Promise<string[]> {
  try {
    using file = await FileSource.open(path);
    const head = new TextDecoder("latin1").decode(await file.read(0, HEAD_BYTES));
    return Array.from(head.matchAll(pattern), ([, text = ""]) => text);
  } catch {
    return [];
  }
}

function minor(version: string): number {
  return Number(version.slice(2));
}
