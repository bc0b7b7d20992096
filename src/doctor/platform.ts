/**
 * The machine under the binary: the C library, the folder for temporary files.
 *
 * @module
 */
import { statfsSync } from "node:fs";
import { FileSource } from "../bundle/byte_source.ts";

/** What the C library is, and what the program needs. */
export interface CLibrary {
  /** The version of glibc in use, e.g. `"2.36"`; undefined when it is another library. */
  readonly found: string | undefined;
  /** The newest version that the program asks for; undefined when it does not say. */
  readonly needed: string | undefined;
}

/** A folder for temporary files. */
export interface TemporaryPlace {
  /** Its path. */
  readonly path: string;
  /** Whether a file can be made there. */
  readonly isWritable: boolean;
  /** What is free, in bytes; undefined where the system does not tell. */
  readonly free: number | undefined;
}

/** Dynamic symbols stand at the beginning of a binary. */
const HEAD_BYTES = 16 << 20;

/** Looks at the C library that runs `program`, which must be the program of this process. */
export async function readCLibrary(program: string): Promise<CLibrary> {
  const maps = await Deno.readTextFile("/proc/self/maps").catch(() => "");
  const path = /(\/\S*\/libc(?:\.so\.6|-2\.\d+\.so))$/m.exec(maps)?.[1];
  const release = path === undefined ? [] : await texts(path, /stable release version (2\.\d+)/g);
  const needs = await texts(program, /\bGLIBC_(2\.\d+)/g);
  const newest = needs.toSorted((a, b) => minor(a) - minor(b)).at(-1);
  return { found: release[0], needed: newest };
}

/** Tries the folder that `env` names for temporary files. */
export async function tryTemporaryPlace(
  env: Readonly<Record<string, string>>,
): Promise<TemporaryPlace> {
  const path = env["TMPDIR"] || "/tmp";
  return { path, isWritable: await mayWriteTo(path), free: freeBytes(path) };
}

/** Tells whether this user can make a file in the folder. */
export async function mayWriteTo(folder: string): Promise<boolean> {
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
