/**
 * What a Python file says of Dags and their stub tasks.
 *
 * @module
 */
import type { PythonParameter } from "./python_call.ts";

/** A task of a Dag file that `@task.stub` made. */
export interface StubTask {
  /** Its id, with the prefixes of its task groups. */
  readonly taskId: string;
  /** The line of its decorator. */
  readonly line: number;
  /** The queue; undefined without one; null where it cannot be told. */
  readonly queue: string | null | undefined;
  /** The parameters of its function. */
  readonly parameters: readonly PythonParameter[];
}

/** A Dag of a file. */
export interface StubDag {
  /** Its id. */
  readonly dagId: string;
  /** The line that makes it. */
  readonly line: number;
  /** Its stub tasks. */
  readonly tasks: readonly StubTask[];
}

/** Something in a file that could not be told without running it. */
export interface Note {
  /** The line. */
  readonly line: number;
  /** What it is. */
  readonly text: string;
}

/** A Python file as far as it can be read. */
export interface DagFile {
  /** The Dags that have an id and stub tasks. */
  readonly dags: readonly StubDag[];
  /** What could not be told. */
  readonly notes: readonly Note[];
}
