/**
 * Files that a command creates for the author.
 *
 * @module
 */
import { dirname } from "node:path";
import { refuseToWrite } from "../bundle/output_file.ts";
import { TaskRuntimeError } from "../error.ts";

/** Options of {@linkcode writeNewFile}. */
export interface NewFileOptions {
  /** True to overwrite an existing file. */
  readonly force: boolean;
}

/**
 * Creates a text file and its folders.
 *
 * @throws {TaskRuntimeError} `CONFLICT` if the file exists; `PERMISSION_DENIED` or `INVALID` if it
 * cannot be written
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
        `Cannot write "${path}": the file already exists. Use --force to overwrite it`,
        { cause },
      );
    }
    refuseToWrite(path, cause);
  }
}
