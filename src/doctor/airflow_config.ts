/**
 * Airflow's configuration on this machine: the environment before airflow.cfg, as Airflow has it.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import { type IniSections, iniValue, parseIni } from "./python_ini.ts";

/** A value of the configuration, and where it comes from. */
export interface ConfigValue {
  /** The value, variables of the environment filled in. */
  readonly text: string;
  /** The variable, or the file. */
  readonly source: string;
}

/** What to read. */
export interface ConfigOptions {
  /** Path of airflow.cfg; by default Airflow's own way to find it. */
  readonly path?: string | undefined;
  /** The environment of the worker. */
  readonly env: Readonly<Record<string, string>>;
}

/** The configuration that Airflow's workers would see here. */
export class AirflowConfig {
  /** The path of airflow.cfg. */
  readonly path: string;
  /** Whether the file is there. */
  readonly exists: boolean;
  /** Airflow's home folder. */
  readonly home: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #sections: IniSections;

  private constructor(
    path: string,
    home: string,
    sections: IniSections | undefined,
    env: Readonly<Record<string, string>>,
  ) {
    this.path = path;
    this.home = home;
    this.exists = sections !== undefined;
    this.#sections = sections ?? new Map();
    this.#env = env;
  }

  /**
   * Reads it: `path`, else `$AIRFLOW_CONFIG`, else airflow.cfg in `$AIRFLOW_HOME` or ~/airflow.
   *
   * @throws {TaskRuntimeError} `NOT_FOUND` when `path` was given and is not there; `INVALID` for a
   * file that Airflow cannot read either
   */
  static async read({ path, env }: ConfigOptions): Promise<AirflowConfig> {
    const home = expand(env["AIRFLOW_HOME"] ?? "~/airflow", env);
    const own = env["AIRFLOW_CONFIG"];
    const file = path ?? (own === undefined ? `${home}/airflow.cfg` : expand(own, env));
    let text: string;
    try {
      text = await Deno.readTextFile(file);
    } catch (cause) {
      const isMissing = cause instanceof Deno.errors.NotFound;
      if (isMissing && path === undefined) return new AirflowConfig(file, home, undefined, env);
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new TaskRuntimeError(
        isMissing ? "NOT_FOUND" : "INVALID",
        `Cannot read ${file}: ${isMissing ? "there is no such file" : reason}`,
        { cause },
      );
    }
    return new AirflowConfig(file, home, parseIni(text, file), env);
  }

  /**
   * The value of an option that is set; undefined where Airflow takes its default.
   *
   * @throws {TaskRuntimeError} `INVALID` for a value that ConfigParser refuses
   */
  get(section: string, key: string): ConfigValue | undefined {
    const name = variableName(section, key);
    const own = this.#env[name];
    if (own !== undefined) return { text: expand(own, this.#env), source: name };
    const value = iniValue(this.#sections, section, key, this.path);
    return value === undefined
      ? undefined
      : { text: expand(value, this.#env), source: `[${section}] ${key} in ${this.path}` };
  }

  /**
   * The value of an option that is JSON; undefined where none is set.
   *
   * @throws {TaskRuntimeError} `INVALID` when it is no JSON
   */
  json(section: string, key: string): { value: unknown; source: string } | undefined {
    const found = this.get(section, key);
    if (found === undefined || found.text === "") return undefined;
    try {
      return { value: JSON.parse(found.text), source: found.source };
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new TaskRuntimeError("INVALID", `Cannot read ${found.source}: ${reason}`, { cause });
    }
  }

  /**
   * Forms of an option that are set and that Airflow passes over: only sensitive options may come
   * from a command or a secrets backend, and none of `[sdk]` is.
   */
  ignoredForms(section: string, key: string): string[] {
    const forms = ["_CMD", "_SECRET"].map((suffix) => variableName(section, key) + suffix);
    const options = ["_cmd", "_secret"].map((suffix) => key + suffix);
    return [
      ...forms.filter((name) => this.#env[name] !== undefined),
      ...options.filter((name) => this.#sections.get(section)?.has(name) === true)
        .map((name) => `[${section}] ${name}`),
    ];
  }
}

function variableName(section: string, key: string): string {
  return `AIRFLOW__${section.replaceAll(".", "_")}__${key}`.toUpperCase();
}

/** `$NAME`, `${NAME}` and a `~` at the beginning, until nothing changes. */
export function expand(text: string, env: Readonly<Record<string, string>>): string {
  let expanded = text;
  for (let rounds = 0; rounds < 100; rounds++) {
    const next = expandUser(
      expanded.replaceAll(
        /\$(?:(\w+)|\{([^}]*)\})/g,
        (found, bare: string | undefined, braced: string | undefined) =>
          env[bare ?? braced ?? ""] ?? found,
      ),
      env,
    );
    if (next === expanded) break;
    expanded = next;
  }
  return expanded;
}

/** A `~` at the beginning of a path is the home folder. */
export function expandUser(path: string, env: Readonly<Record<string, string>>): string {
  const home = env["HOME"];
  return home === undefined ? path : path.replace(/^~(?=\/|$)/, home.replace(/\/+$/, ""));
}
