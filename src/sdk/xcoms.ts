/**
 * Airflow's XComs: the values that tasks hand to one another.
 *
 * @module
 */
import type { JsonValue } from "../protocol/generated.ts";
import type { Requester } from "./requester.ts";
import { xcomValue } from "./xcom_value.ts";

/** The key under which a task's return value is kept. */
export const RETURN_VALUE = "return_value";

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

/** The coordinates of the task that runs. */
export interface XComOwner {
  /** The id of its Dag. */
  readonly dagId: string;
  /** The id of its Dag run. */
  readonly runId: string;
  /** Its task id. */
  readonly taskId: string;
  /** Its index when mapped, else -1. */
  readonly mapIndex: number;
}

/** Reads and writes XComs: `ctx.xcoms`. */
export class XComs {
  readonly #requester: Requester;
  readonly #owner: XComOwner;

  /** Reads and writes through `requester`, on behalf of the task `owner`. */
  constructor(requester: Requester, owner: XComOwner) {
    this.#requester = requester;
    this.#owner = owner;
  }

  /**
   * Reads an XCom of the task `taskId`, its return value unless a key is given (GetXCom).
   *
   * `T` is what the author expects; Airflow does not check it. A mapped task's XComs need the
   * `mapIndex`.
   *
   * @throws {TaskRuntimeError} `NOT_FOUND` when there is no such Dag run
   */
  get<T = JsonValue, Default = null>(
    taskId: string,
    options?: XComGetOptions<Default>,
  ): Promise<T | Default>;
  async get(taskId: string, options: XComGetOptions<unknown> = {}): Promise<unknown> {
    const { value } = await this.#requester.request({
      type: "GetXCom",
      key: options.key ?? RETURN_VALUE,
      dag_id: options.dagId ?? this.#owner.dagId,
      run_id: options.runId ?? this.#owner.runId,
      task_id: taskId,
      map_index: options.mapIndex ?? null,
    });
    return value ?? options.default ?? null;
  }

  /**
   * Writes an XCom, of this task unless another is named (SetXCom).
   *
   * @throws {TaskRuntimeError} `INVALID` when the value cannot be sent, naming the place inside it
   */
  async set(key: string, value: unknown, options: XComWriteOptions = {}): Promise<void> {
    await this.#requester.request({
      type: "SetXCom",
      ...this.#address(key, options),
      value: xcomValue(value),
    });
  }

  /** Deletes an XCom, of this task unless another is named (DeleteXCom). */
  async delete(key: string, options: XComWriteOptions = {}): Promise<void> {
    await this.#requester.request({ type: "DeleteXCom", ...this.#address(key, options) });
  }

  #address(key: string, options: XComWriteOptions): {
    key: string;
    dag_id: string;
    run_id: string;
    task_id: string;
    map_index: number | null;
  } {
    const { dagId, runId, taskId, mapIndex } = this.#owner;
    const own = mapIndex >= 0 && options.taskId === undefined ? mapIndex : null;
    return {
      key,
      dag_id: options.dagId ?? dagId,
      run_id: options.runId ?? runId,
      task_id: options.taskId ?? taskId,
      map_index: options.mapIndex ?? own,
    };
  }
}
