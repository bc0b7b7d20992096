/**
 * `ctx.xcoms` over the wire.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import type {
  XComDefault,
  XComDeleteOptions,
  XComPullOptions,
  XComPushOptions,
  XComs,
  XComSequenceOptions,
  XComSliceOptions,
} from "../../sdk/xcoms.ts";
import type { Requester } from "../requester.ts";
import { checkKey, isNotFound } from "./checks.ts";
import { deserialize } from "./deserialize.ts";
import { serialize } from "./serialize.ts";

/** The key of a task's return value. */
export const RETURN_VALUE = "return_value";

/** The number of values per request: each may be large, and the supervisor holds them all at once. */
const PAGE = 100;

/** The coordinates of the running task. */
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

/** Pushes and pulls XComs through the supervisor. */
export class AirflowXComs implements XComs {
  readonly #requester: Requester;
  readonly #owner: XComOwner;

  /** Sends through `requester`, for the task `owner`. */
  constructor(requester: Requester, owner: XComOwner) {
    this.#requester = requester;
    this.#owner = owner;
  }

  pull<T = unknown>(taskId: string, options?: XComPullOptions): Promise<T | null>;
  pull<T = unknown, Default = T>(
    taskId: string,
    options: XComPullOptions & XComDefault<Default>,
  ): Promise<T | Default>;
  async pull(
    taskId: string,
    options: XComPullOptions & Partial<XComDefault<unknown>> = {},
  ): Promise<unknown> {
    const reply = await this.#requester.request({
      type: "GetXCom",
      ...this.#series(taskId, options.key ?? RETURN_VALUE, options),
      map_index: options.mapIndex ?? null,
      include_prior_dates: options.includePriorDates ?? false,
    });
    return deserialize(reply.value) ?? ("default" in options ? options.default : null);
  }

  values<T = unknown>(taskId: string, options?: XComSequenceOptions): AsyncGenerator<T, void>;
  async *values(
    taskId: string,
    options: XComSequenceOptions = {},
  ): AsyncGenerator<unknown, void, void> {
    for (let start = 0;; start += PAGE) {
      const page = await this.slice(taskId, { ...options, start, stop: start + PAGE });
      yield* page;
      if (page.length < PAGE) return;
    }
  }

  async count(taskId: string, options: XComSequenceOptions = {}): Promise<number> {
    const series = this.#series(taskId, options.key ?? RETURN_VALUE, options);
    return (await this.#requester.request({ type: "GetXComCount", ...series })).len;
  }

  item<T = unknown>(taskId: string, offset: number, options?: XComSequenceOptions): Promise<T>;
  item<T = unknown, Default = T>(
    taskId: string,
    offset: number,
    options: XComSequenceOptions & XComDefault<Default>,
  ): Promise<T | Default>;
  async item(
    taskId: string,
    offset: number,
    options: XComSequenceOptions & Partial<XComDefault<unknown>> = {},
  ): Promise<unknown> {
    const series = this.#series(taskId, options.key ?? RETURN_VALUE, options);
    try {
      const reply = await this.#requester.request({
        type: "GetXComSequenceItem",
        ...series,
        offset,
      });
      return deserialize(reply.root);
    } catch (error) {
      if (isNotFound(error) && "default" in options) return options.default;
      throw error;
    }
  }

  slice<T = unknown>(taskId: string, options?: XComSliceOptions): Promise<T[]>;
  async slice(taskId: string, options: XComSliceOptions = {}): Promise<unknown[]> {
    if (options.step === 0) {
      throw new TaskRuntimeError(
        "INVALID",
        `Cannot slice the XComs of "${taskId}": "step" must not be 0`,
      );
    }
    const reply = await this.#requester.request({
      type: "GetXComSequenceSlice",
      ...this.#series(taskId, options.key ?? RETURN_VALUE, options),
      start: options.start ?? null,
      stop: options.stop ?? null,
      step: options.step ?? null,
      include_prior_dates: options.includePriorDates ?? false,
    });
    return reply.root.map(deserialize);
  }

  async push(key: string, value: unknown, options: XComPushOptions = {}): Promise<void> {
    const address = this.#address(key, options);
    const form = serialize(value);
    const own = key === RETURN_VALUE && address.map_index === null && this.#isOwn(address);
    const { mappedLength = own ? mappedLengthOf(value) : false, dagResult = false } = options;
    const send = async (length: number | null): Promise<void> => {
      await this.#requester.request({
        type: "SetXCom",
        ...address,
        value: form,
        dag_result: dagResult,
        mapped_length: length,
      });
    };
    if (mappedLength === false || mappedLength === undefined) return await send(null);
    try {
      await send(mappedLength);
    } catch (error) {
      // The default is a guess that a downstream task is mapped; an author's number is not.
      if (options.mappedLength !== undefined || !isLengthRefusal(error)) throw error;
      await send(null);
    }
  }

  async delete(key: string, options: XComDeleteOptions = {}): Promise<void> {
    await this.#requester.request({ type: "DeleteXCom", ...this.#address(key, options) });
  }

  #series(taskId: string, key: string, options: XComSequenceOptions): {
    key: string;
    dag_id: string;
    run_id: string;
    task_id: string;
  } {
    checkKey("XCom", key);
    return {
      key,
      dag_id: options.dagId ?? this.#owner.dagId,
      run_id: options.runId ?? this.#owner.runId,
      task_id: taskId,
    };
  }

  #address(key: string, options: XComDeleteOptions): {
    key: string;
    dag_id: string;
    run_id: string;
    task_id: string;
    map_index: number | null;
  } {
    const { taskId, mapIndex } = this.#owner;
    const own = mapIndex >= 0 && options.taskId === undefined ? mapIndex : null;
    return {
      ...this.#series(options.taskId ?? taskId, key, options),
      map_index: options.mapIndex ?? own,
    };
  }

  #isOwn(address: { dag_id: string; run_id: string; task_id: string }): boolean {
    const { dagId, runId, taskId } = this.#owner;
    return address.dag_id === dagId && address.run_id === runId && address.task_id === taskId;
  }
}

/** The default of Airflow's `[core] max_map_length`, which refuses longer values. */
const MAX_MAP_LENGTH = 1024;

/**
 * Returns the length that Airflow's Python sends when a downstream task is mapped over `value`, since
 * Airflow does not tell language runtimes whether one is. Returns undefined for a value that cannot be
 * mapped over (Python maps lists and dicts only) or is longer than Airflow's default limit.
 */
function mappedLengthOf(value: unknown): number | undefined {
  const length = lengthOf(value);
  return length !== undefined && length <= MAX_MAP_LENGTH ? length : undefined;
}

function lengthOf(value: unknown): number | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (Array.isArray(value)) return value.length;
  if (value instanceof Map) return value.size;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  return Object.values(value).filter((field) => field !== undefined).length;
}

/** Tells whether Airflow refused only the length, because its limit is lower than the default. */
function isLengthRefusal(error: unknown): boolean {
  return error instanceof TaskRuntimeError && error.code === "API" &&
    JSON.stringify(error.detail)?.includes("unmappable_return_value_length");
}
