/**
 * Airflow's variables.
 *
 * @module
 */

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

/** Reads and writes variables: `ctx.variables`. */
export interface Variables {
  /**
   * Reads the variable `key` as text (GetVariable).
   *
   * @throws {TaskRuntimeError} `NOT_FOUND` when there is none and no default; `PERMISSION_DENIED`
   * when the task may not read it
   */
  get<Default = string>(
    key: string,
    options?: VariableGetOptions<Default>,
  ): Promise<string | Default>;

  /**
   * Reads the variable `key` as JSON (GetVariable).
   *
   * `T` is what the author expects; nothing checks it.
   *
   * @throws {TaskRuntimeError} `NOT_FOUND` as {@linkcode Variables.get}; `INVALID` when the text is
   * no JSON
   */
  getJson<T = unknown>(key: string, options?: VariableGetOptions<T>): Promise<T>;

  /** Reads the names of all variables that the task may see, page by page (GetVariableKeys). */
  keys(options?: VariableKeysOptions): AsyncIterable<string>;

  /**
   * Writes the variable `key` (PutVariable); text stays as it is, all else is kept as JSON.
   *
   * Dates become ISO 8601 texts. Airflow masks the value in logs where the name tells that it is a
   * secret, e.g. `warehouse_password`.
   *
   * @throws {TaskRuntimeError} `INVALID` when the value has no JSON form; `PERMISSION_DENIED` when
   * the task may not write it
   */
  set(key: string, value: unknown, options?: VariableSetOptions): Promise<void>;

  /**
   * Writes the variable `key` as JSON, text too (PutVariable): the counterpart of
   * {@linkcode Variables.getJson}, and of Python's `Variable.get(key, deserialize_json=True)`.
   *
   * @throws {TaskRuntimeError} `INVALID` when the value has no JSON form, as NaN, a function or a
   * bigint, anywhere inside; `PERMISSION_DENIED` when the task may not write it
   */
  setJson(key: string, value: unknown, options?: VariableSetOptions): Promise<void>;

  /**
   * Deletes the variable `key` (DeleteVariable).
   *
   * @throws {TaskRuntimeError} `PERMISSION_DENIED` when the task may not delete it
   */
  delete(key: string): Promise<void>;
}
