/**
 * Airflow's variables.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import type { Requester } from "./requester.ts";

/** What a read of a variable falls back on. */
export interface VariableGetOptions<Default> {
  /** Comes back when there is no such variable; without it, a missing one is an error. */
  default?: Default;
}

/** Which names of variables to read. */
export interface VariableKeysOptions {
  /** Only names that begin so. */
  prefix?: string;
}

/** What to keep beside a variable's value. */
export interface VariableSetOptions {
  /** Shown in Airflow's UI. */
  description?: string;
}

/** Names fetched with one request; Airflow's own default. */
const PAGE = 1000;

/** Reads and writes variables: `ctx.variables`. */
export class Variables {
  readonly #requester: Requester;

  /** Reads and writes through `requester`. */
  constructor(requester: Requester) {
    this.#requester = requester;
  }

  /**
   * Reads the variable `key` as text (GetVariable).
   *
   * @throws {TaskRuntimeError} `NOT_FOUND` when there is none and no default; `PERMISSION_DENIED`
   * when the task may not read it
   */
  async get<Default = string>(
    key: string,
    options: VariableGetOptions<Default> = {},
  ): Promise<string | Default> {
    try {
      const { value } = await this.#requester.request({ type: "GetVariable", key });
      if (value !== null) return value;
    } catch (error) {
      if (!isNotFound(error) || options.default === undefined) throw error;
    }
    if (options.default !== undefined) return options.default;
    throw new TaskRuntimeError("NOT_FOUND", `Cannot get variable "${key}": it has no value`, {
      request: "GetVariable",
    });
  }

  /**
   * Reads the variable `key` as JSON (GetVariable).
   *
   * @throws {TaskRuntimeError} `NOT_FOUND` as {@linkcode Variables.get}; `INVALID` when the text is
   * no JSON
   */
  getJson<T = unknown>(key: string, options?: VariableGetOptions<T>): Promise<T>;
  async getJson(key: string, options: VariableGetOptions<unknown> = {}): Promise<unknown> {
    const missing = Symbol();
    const text = await this.get<string | typeof missing>(
      key,
      options.default === undefined ? {} : { default: missing },
    );
    if (typeof text === "symbol") return options.default;
    try {
      return JSON.parse(text);
    } catch {
      // The parser's message quotes the text, which may be secret.
      throw new TaskRuntimeError("INVALID", `Cannot get variable "${key}": its text is no JSON`, {
        request: "GetVariable",
      });
    }
  }

  /** Reads the names of all variables that the task may see, page by page (GetVariableKeys). */
  async *keys(options: VariableKeysOptions = {}): AsyncGenerator<string, void, void> {
    for (let offset = 0;;) {
      const page = await this.#requester.request({
        type: "GetVariableKeys",
        prefix: options.prefix ?? null,
        limit: PAGE,
        offset,
      });
      yield* page.keys;
      offset += page.keys.length;
      if (page.keys.length === 0 || offset >= page.total_entries) return;
    }
  }

  /**
   * Writes the variable `key` (PutVariable); text stays as it is, all else is kept as JSON.
   *
   * @throws {TaskRuntimeError} `INVALID` when the value has no JSON form; `PERMISSION_DENIED` when
   * the task may not write it
   */
  async set(key: string, value: unknown, options: VariableSetOptions = {}): Promise<void> {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    if (text === undefined) {
      throw new TaskRuntimeError(
        "INVALID",
        `Cannot set variable "${key}": a value of type ${typeof value} has no JSON form`,
      );
    }
    await this.#requester.request({
      type: "PutVariable",
      key,
      value: text,
      description: options.description ?? null,
    });
  }

  /** Deletes the variable `key` (DeleteVariable). */
  async delete(key: string): Promise<void> {
    await this.#requester.request({ type: "DeleteVariable", key });
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof TaskRuntimeError && error.code === "NOT_FOUND";
}
