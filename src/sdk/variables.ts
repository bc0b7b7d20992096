/**
 * Airflow's variables.
 *
 * @module
 */

/** The options of a read of a variable. */
export interface VariableGetOptions<Default> {
  /** The result when the variable does not exist; without it, a missing variable is an error. */
  default?: Default;
}

/** The options of {@linkcode Variables.keys}. */
export interface VariableKeysOptions {
  /** The prefix that the names must have. */
  prefix?: string;
}

/** The options of a write of a variable. */
export interface VariableSetOptions {
  /** The description in Airflow's UI. */
  description?: string;
}

/** Reads and writes variables: `ctx.variables`. */
export interface Variables {
  /**
   * Reads the variable `key` as text (GetVariable).
   *
   * @throws {TaskRuntimeError} `NOT_FOUND` when it does not exist and there is no default;
   * `PERMISSION_DENIED` when the task may not read it
   */
  get<Default = string>(
    key: string,
    options?: VariableGetOptions<Default>,
  ): Promise<string | Default>;

  /**
   * Reads the variable `key` as JSON (GetVariable).
   *
   * `T` is the author's claim; nothing checks it.
   *
   * @throws {TaskRuntimeError} `NOT_FOUND` and `PERMISSION_DENIED` as {@linkcode Variables.get};
   * `INVALID` when the text is not JSON
   */
  getJson<T = unknown, Default = T>(
    key: string,
    options?: VariableGetOptions<Default>,
  ): Promise<T | Default>;

  /** Reads the names of all variables that the task may read, page by page (GetVariableKeys). */
  keys(options?: VariableKeysOptions): AsyncIterable<string>;

  /**
   * Writes the variable `key` (PutVariable): a text as it is, any other value as JSON.
   *
   * Dates become ISO 8601 texts. Airflow masks the value in logs when the name marks it as a secret,
   * e.g. `warehouse_password`.
   *
   * @throws {TaskRuntimeError} `INVALID` when the value has no JSON form; `PERMISSION_DENIED` when
   * the task may not write it
   */
  set(key: string, value: unknown, options?: VariableSetOptions): Promise<void>;

  /**
   * Writes the variable `key` as JSON, also a text (PutVariable): for {@linkcode Variables.getJson}
   * and Python's `Variable.get(key, deserialize_json=True)`.
   *
   * @throws {TaskRuntimeError} `INVALID` when the value, or a value inside it, has no JSON form, such
   * as NaN, a function or a bigint; `PERMISSION_DENIED` when the task may not write it
   */
  setJson(key: string, value: unknown, options?: VariableSetOptions): Promise<void>;

  /**
   * Deletes the variable `key` (DeleteVariable).
   *
   * @throws {TaskRuntimeError} `PERMISSION_DENIED` when the task may not delete it
   */
  delete(key: string): Promise<void>;
}
