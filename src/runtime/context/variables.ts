/**
 * `ctx.variables` over the wire.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import type {
  VariableGetOptions,
  VariableKeysOptions,
  Variables,
  VariableSetOptions,
} from "../../sdk/variables.ts";
import { checkKey, isNotFound } from "./checks.ts";
import type { Requester } from "../requester.ts";

/** The number of names per request, which is Airflow's default. */
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
    checkKey("variable", key);
    try {
      const { value } = await this.#requester.request({ type: "GetVariable", key });
      if (value !== null) return value;
    } catch (error) {
      if (!isNotFound(error) || !hasDefault(options)) throw error;
    }
    if (hasDefault(options)) return options.default;
    throw new TaskRuntimeError("NOT_FOUND", `Cannot get variable "${key}": its value is null`, {
      request: "GetVariable",
    });
  }

  getJson<T = unknown, Default = T>(
    key: string,
    options?: VariableGetOptions<Default>,
  ): Promise<T | Default>;
  async getJson(key: string, options: VariableGetOptions<unknown> = {}): Promise<unknown> {
    const missing = Symbol();
    const text = await this.get<string | typeof missing>(
      key,
      hasDefault(options) ? { default: missing } : {},
    );
    if (typeof text === "symbol") return options.default;
    try {
      return JSON.parse(text);
    } catch {
      // The parser's message quotes the text, which may be secret.
      throw new TaskRuntimeError("INVALID", `Cannot get variable "${key}": its text is not JSON`, {
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
    await this.#put(key, typeof value === "string" ? value : jsonText(key, value), options);
  }

  async setJson(key: string, value: unknown, options: VariableSetOptions = {}): Promise<void> {
    await this.#put(key, jsonText(key, value), options);
  }

  async delete(key: string): Promise<void> {
    checkKey("variable", key);
    await this.#requester.request({ type: "DeleteVariable", key });
  }

  async #put(key: string, value: string, { description }: VariableSetOptions): Promise<void> {
    checkKey("variable", key);
    await this.#requester.request({
      type: "PutVariable",
      key,
      value,
      description: description ?? null,
    });
  }
}

/** Writes a value as JSON; refuses values that JSON.stringify would leave out or turn into null. */
function jsonText(key: string, value: unknown): string {
  const refuse = (what: string): TaskRuntimeError =>
    new TaskRuntimeError("INVALID", `Cannot set variable "${key}": ${what} has no JSON form`);
  let text: string | undefined;
  try {
    text = JSON.stringify(value, (name: string, held: unknown): unknown => {
      const place = name === "" ? "a value" : `the value of "${name}"`;
      if (typeof held === "number" && !Number.isFinite(held)) throw refuse(`${place}, ${held},`);
      const isUnfit = typeof held === "function" || typeof held === "symbol" ||
        typeof held === "bigint";
      if (isUnfit) throw refuse(`${place} of type ${typeof held}`);
      return held;
    });
  } catch (error) {
    if (error instanceof TaskRuntimeError) throw error;
    throw refuse("a cycle");
  }
  if (text === undefined) throw refuse(`a value of type ${typeof value}`);
  return text;
}

function hasDefault<Default>(
  options: VariableGetOptions<Default>,
): options is { readonly default: Default } {
  return "default" in options;
}
