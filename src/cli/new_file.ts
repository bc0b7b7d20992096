/**
 * Files that a command makes for a person, who may have one there already.
 *
 * @module
 */
import { dirname } from "node:path";
import { refuseToWrite } from "../bundle/output_file.ts";
import { TaskRuntimeError } from "../error.ts";

/** How a file is made. */
export interface NewFileOptions {
  /** Whether to write over one that is there. */
  readonly force: boolean;
}

/**
 * Makes a text file, its folders included.
 *
 * @throws {TaskRuntimeError} `CONFLICT` when it is there and not to be written over;
 * `PERMISSION_DENIED` or `INVALID` when it cannot be written
 */
export async function writeNewFile(
  path: string,
  text: string,
  { force }: NewFileOptions,
): Promise<void> {
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, text, force ? {} : { createNew: true });
  } catch (cause) {
    if (cause instanceof Deno.errors.AlreadyExists) {
      throw new TaskRuntimeError(
        "CONFLICT",
        `Cannot write ${path}: it is there already; --force writes over it`,
        { cause },
      );
    }
    refuseToWrite(path, cause);
  }
}
