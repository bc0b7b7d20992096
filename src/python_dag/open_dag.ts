/**
 * What is known of a Dag file while it is read.
 *
 * @module
 */
import type { StubTask } from "./dag_file.ts";
import type { CallArguments, PythonParameter } from "./python_call.ts";

/** A Dag while it is read; without an id where that is computed. */
export interface OpenDag {
  /** The id. */
  readonly dagId: string | undefined;
  /** The line it begins in. */
  readonly line: number;
  /** The queue; null where it is computed. */
  readonly queue: string | null | undefined;
  /** Its stub tasks so far. */
  readonly tasks: StubTask[];
  /** How often an id was made. */
  readonly used: Map<string, number>;
  /** The function that makes it when called. */
  readonly maker: string | undefined;
}

/** A stub's function, which makes a task each time it is called. */
export interface Stub {
  /** The name of the function. */
  readonly name: string;
  /** The line it begins in. */
  readonly line: number;
  /** The task_id; undefined where it is computed. */
  readonly taskId: string | undefined;
  /** The queue; null where it is computed. */
  readonly queue: string | null | undefined;
  /** The parameters of the function. */
  readonly parameters: readonly PythonParameter[];
  /** The Dag that it names itself. */
  readonly dag: OpenDag | undefined;
  /** How often it was called. */
  calls: number;
}

/** What the lines that are indented further belong to. */
export interface Block {
  /** How far the line before them is indented. */
  readonly indent: number;
  /** The Dag. */
  readonly dag?: OpenDag | undefined;
  /** Prefix of a task group; null where it is computed. */
  readonly prefix?: string | null;
  /** Whether they run several times. */
  readonly isLoop?: boolean;
  /** Names of stubs that are known within it only, since it is a function. */
  readonly own?: string[];
}

/** A decorator of the function to come. */
export interface Decorator {
  /** Its dotted name. */
  readonly segments: readonly string[];
  /** Its arguments. */
  readonly call: CallArguments;
  /** The line it begins in. */
  readonly line: number;
}
