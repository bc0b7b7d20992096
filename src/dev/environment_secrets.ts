/**
 * Connections and variables from the environment, by the rules of Airflow's
 * `EnvironmentVariablesBackend`.
 *
 * @module
 */

import { type Connection, connectionOf } from "./connection.ts";

const CONNECTION = "AIRFLOW_CONN_";
const VARIABLE = "AIRFLOW_VAR_";

/**
 * What `AIRFLOW_CONN_<ID>` and `AIRFLOW_VAR_<KEY>` hold. An id is looked up in capitals, whatever it
 * is written in, so a name with small letters behind the prefix is never found. An empty connection
 * is none; an empty variable is an empty text.
 *
 * @example
 * ```ts
 * import { EnvironmentSecrets } from "./environment_secrets.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const environment = new EnvironmentSecrets({ AIRFLOW_CONN_MY_DB: "postgres://db" });
 * assertEquals(environment.connection("my_Db")?.host, "db");
 * assertEquals(environment.connection("my-db"), undefined);
 * ```
 */
export class EnvironmentSecrets {
  readonly #connections = new Map<string, string>();
  readonly #variables = new Map<string, string>();

  /**
   * Reads what of an environment is Airflow's. Airflow itself passes over a connection that it
   * cannot read, without a word to the task; here it is told at once.
   *
   * @throws {TaskRuntimeError} `INVALID` for a connection that cannot be read, naming the variable.
   */
  constructor(environment: Readonly<Record<string, string>>) {
    for (const [name, value] of Object.entries(environment)) {
      if (name.startsWith(CONNECTION) && value.trim() !== "") {
        connectionOf("", value, name);
        this.#connections.set(name.slice(CONNECTION.length), value);
      } else if (name.startsWith(VARIABLE)) {
        this.#variables.set(name.slice(VARIABLE.length), value);
      }
    }
  }

  /** The connection, or undefined. */
  connection(id: string): Connection | undefined {
    const name = id.toUpperCase();
    const value = this.#connections.get(name);
    return value === undefined ? undefined : connectionOf(id, value, CONNECTION + name);
  }

  /** The variable's text, or undefined. */
  variable(key: string): string | undefined {
    return this.#variables.get(key.toUpperCase());
  }
}
