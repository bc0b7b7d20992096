/**
 * Airflow's XComs: the values that tasks hand to one another.
 *
 * @module
 */
import type { JsonValue } from "../protocol/generated.ts";

/** Which task's XCom is meant, where it is not of this very task. */
export interface XComAddress {
  /** The Dag; this task's by default. */
  dagId?: string;
  /** The Dag run; this task's by default. */
  runId?: string;
  /** The index of a mapped task instance; by default none, or this task's own for its own XComs. */
  mapIndex?: number;
}

/** How to read an XCom. */
export interface XComGetOptions<Default> extends XComAddress {
  /** The key; `"return_value"` by default. */
  key?: string;
  /** Comes back when there is no such XCom; `null` by default. */
  default?: Default;
}

/** How to write or delete an XCom. */
export interface XComWriteOptions extends XComAddress {
  /** The task; this one by default. */
  taskId?: string;
}

/** Reads and writes XComs: `ctx.xcoms`. */
export interface XComs {
  /**
   * Reads an XCom of the task `taskId`, its return value unless a key is given (GetXCom).
   *
   * `T` is what the author expects; nothing checks it. A mapped task's XComs need the `mapIndex`.
   *
   * @throws {TaskRuntimeError} `NOT_FOUND` when there is no such Dag run
   */
  get<T = JsonValue, Default = null>(
    taskId: string,
    options?: XComGetOptions<Default>,
  ): Promise<T | Default>;

  /**
   * Writes an XCom, of this task unless another is named (SetXCom).
   *
   * @throws {TaskRuntimeError} `INVALID` when the value cannot be sent, naming the place inside it
   */
  set(key: string, value: unknown, options?: XComWriteOptions): Promise<void>;

  /** Deletes an XCom, of this task unless another is named (DeleteXCom). */
  delete(key: string, options?: XComWriteOptions): Promise<void>;
}
