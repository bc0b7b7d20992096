/**
 * `ctx.variables` over the wire.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import type {
  VariableGetOptions,
  VariableKeysOptions,
  Variables,
  VariableSetOptions,
} from "../sdk/variables.ts";
import type { Requester } from "./requester.ts";

/** Names fetched with one request; Airflow's own default. */
const PAGE = 1000;

/** Reads and writes variables through the supervisor. */
export class AirflowVariables implements Variables {
  readonly #requester: Requester;

  /** Reads and writes through `requester`. */
  constructor(requester: Requester) {
    this.#requester = requester;
  }

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

  async delete(key: string): Promise<void> {
    await this.#requester.request({ type: "DeleteVariable", key });
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof TaskRuntimeError && error.code === "NOT_FOUND";
}
