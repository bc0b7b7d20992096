/**
 * Python Dag files: the Dags and the stub tasks that a file defines.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import { DAG_FILE_SCRIPT } from "./dag_file_script.ts";
import { runPython } from "./python_command.ts";

/** A parameter of a function in Python. */
export interface PythonParameter {
  /** Its name. */
  readonly name: string;
  /** Its annotation, e.g. `list[int]`. */
  readonly annotation?: string;
  /** True if it has no default. */
  readonly required: boolean;
}

/** A task that `@task.stub` makes. */
export interface StubTask {
  /** Its id, with the prefixes of its task groups. */
  readonly taskId: string;
  /** The line of its decorator. */
  readonly line: number;
  /** Its queue; undefined without one, null if it is computed. */
  readonly queue?: string | null;
  /** The parameters of its function. */
  readonly parameters: readonly PythonParameter[];
}

/** A Dag with stub tasks. */
export interface PythonDag {
  /** Its id. */
  readonly dagId: string;
  /** The line that makes it. */
  readonly line: number;
  /** Its stub tasks. */
  readonly tasks: readonly StubTask[];
}

/** A place in a file that only a run of the file would explain. */
export interface UnreadPlace {
  /** The line. */
  readonly line: number;
  /** The reason. */
  readonly text: string;
}

/** A Python file, as far as it can be read without running it. */
export interface PythonDagFile {
  /** Its path as given. */
  readonly path: string;
  /** The Dags that have an id and stub tasks. */
  readonly dags: readonly PythonDag[];
  /** The places that cannot be read. */
  readonly notes: readonly UnreadPlace[];
}

type Answer =
  | Omit<PythonDagFile, "path">
  | { readonly error: string; readonly isMissing?: boolean };

/** Options of {@linkcode readDagFiles}. */
export interface DagFileOptions {
  /** Path of the Python to use; by default `python3` or `python` on PATH. */
  readonly python?: string | undefined;
}

/**
 * Reads Dag files with Python's own parser. The files are not run: an id that is computed, or the
 * number of tasks that a loop makes, is unknown and listed in the notes.
 *
 * @throws {TaskRuntimeError} `NOT_FOUND` if a file or Python does not exist; `INVALID` if Python
 * cannot parse a file
 */
export async function readDagFiles(
  paths: readonly string[],
  { python }: DagFileOptions = {},
): Promise<PythonDagFile[]> {
  const [first] = paths;
  if (first === undefined) return [];
  const purpose = `Cannot read the Dag file "${first}"`;
  const answers: readonly Answer[] = JSON.parse(
    await runPython(DAG_FILE_SCRIPT, paths, { purpose, python }),
  );
  return answers.map((answer, i) => {
    const path = paths[i] ?? "";
    if (!("error" in answer)) return { path, ...answer };
    throw new TaskRuntimeError(
      answer.isMissing === true ? "NOT_FOUND" : "INVALID",
      `Cannot read the Dag file "${path}": ${answer.error}`,
    );
  });
}
