/**
 * `ctx.xcoms` over the wire.
 *
 * @module
 */
import type { JsonValue } from "../protocol/generated.ts";
import type { XComGetOptions, XComs, XComWriteOptions } from "../sdk/xcoms.ts";
import type { Requester } from "./requester.ts";
import { xcomValue } from "./xcom_value.ts";

/** The key under which a task's return value is kept. */
export const RETURN_VALUE = "return_value";

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

/** Reads and writes XComs through the supervisor. */
export class AirflowXComs implements XComs {
  readonly #requester: Requester;
  readonly #owner: XComOwner;

  /** Reads and writes through `requester`, on behalf of the task `owner`. */
  constructor(requester: Requester, owner: XComOwner) {
    this.#requester = requester;
    this.#owner = owner;
  }

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

  async set(key: string, value: unknown, options: XComWriteOptions = {}): Promise<void> {
    await this.#requester.request({
      type: "SetXCom",
      ...this.#address(key, options),
      value: xcomValue(value),
    });
  }

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
