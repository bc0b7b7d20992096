/**
 * Airflow's configuration on this machine, read as Airflow reads it.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import { runPython } from "../python_dag/python_command.ts";

/** The options that doctor reads. */
export type ConfigOption =
  | "sdk.coordinators"
  | "sdk.queue_to_coordinator"
  | "core.dags_folder"
  | "dag_processor.dag_bundle_config_list";

const OPTIONS: readonly ConfigOption[] = [
  "sdk.coordinators",
  "sdk.queue_to_coordinator",
  "core.dags_folder",
  "dag_processor.dag_bundle_config_list",
];

/**
 * Prints the configuration as JSON. Python's ConfigParser is the parser that Airflow uses. Airflow's
 * own command is not used: it takes seconds for each option, and creates files in AIRFLOW_HOME.
 */
const SCRIPT = String.raw`
import configparser
import json
import os
import sys


def expand(text):
    for _ in range(100):
        expanded = os.path.expanduser(os.path.expandvars(text))
        if expanded == text:
            break
        text = expanded
    return text


def message(error):
    return error.strerror if isinstance(error, OSError) else " ".join(str(error).split())


def read(parser, section, key):
    variable = f"AIRFLOW__{section}__{key}".upper()
    if variable in os.environ:
        return {"text": expand(os.environ[variable]), "source": variable}
    if not parser.has_option(section, key):
        return None
    source = f"[{section}] {key} in {path}"
    try:
        return {"text": expand(parser.get(section, key)), "source": source}
    except configparser.Error as error:
        return {"error": message(error), "source": source}


def ignored(parser, section, key):
    for suffix in ("cmd", "secret"):
        variable = f"AIRFLOW__{section}__{key}_{suffix}".upper()
        if variable in os.environ:
            yield variable
        if parser.has_option(section, f"{key}_{suffix}"):
            yield f"[{section}] {key}_{suffix}"


given, *options = sys.argv[1:]
home = expand(os.environ.get("AIRFLOW_HOME", "~/airflow"))
path = given or expand(os.environ.get("AIRFLOW_CONFIG", f"{home}/airflow.cfg"))
parser = configparser.ConfigParser()
result = {"path": path, "home": home, "exists": True}
try:
    with open(path, encoding="utf-8") as file:
        parser.read_file(file, path)
except FileNotFoundError:
    result["exists"] = False
except (OSError, UnicodeError, configparser.Error) as error:
    result["error"] = message(error)
names = [option.split(".") for option in options]
result["values"] = {".".join(name): read(parser, *name) for name in names}
result["ignored"] = [form for name in names for form in ignored(parser, *name)]
print(json.dumps(result))
`;

/** The value of an option, with the variable or the file that sets it. */
export type ConfigValue =
  | { readonly text: string; readonly source: string }
  | { readonly error: string; readonly source: string };

interface Answer {
  readonly path: string;
  readonly home: string;
  readonly exists: boolean;
  readonly error?: string;
  readonly values: Readonly<Record<ConfigOption, ConfigValue | null>>;
  readonly ignored: readonly string[];
}

/** The source of a configuration. */
export interface ConfigLocation {
  /** The path of airflow.cfg; by default as Airflow finds it. */
  readonly path?: string | undefined;
  /** The environment of the worker. */
  readonly env: Readonly<Record<string, string>>;
}

/** The configuration of Airflow's workers on this machine. */
export class AirflowConfig {
  /** The path of airflow.cfg. */
  readonly path: string;
  /** False if Airflow uses only the environment and its defaults. */
  readonly exists: boolean;
  /** Airflow's home folder. */
  readonly home: string;
  /**
   * Settings that Airflow ignores: only sensitive options may come from a command or a secrets
   * backend, and these are not.
   */
  readonly ignored: readonly string[];
  readonly #values: Answer["values"];

  private constructor({ path, exists, home, ignored, values }: Answer) {
    this.path = path;
    this.exists = exists;
    this.home = home;
    this.ignored = ignored;
    this.#values = values;
  }

  /**
   * Reads the environment, and the file at `path`, `$AIRFLOW_CONFIG` or airflow.cfg in
   * `$AIRFLOW_HOME`.
   *
   * @throws {TaskRuntimeError} `NOT_FOUND` if Python does not exist; `INVALID` for a file that Airflow
   * cannot read
   */
  static async read({ path = "", env }: ConfigLocation): Promise<AirflowConfig> {
    const purpose = "Cannot read Airflow's configuration";
    const answer: Answer = JSON.parse(
      await runPython(SCRIPT, [path, ...OPTIONS], { purpose, env }),
    );
    if (answer.error === undefined) return new AirflowConfig(answer);
    throw new TaskRuntimeError("INVALID", `Cannot read "${answer.path}": ${answer.error}`);
  }

  /**
   * Returns the text of an option; undefined if Airflow uses its default.
   *
   * @throws {TaskRuntimeError} `INVALID` for a value that ConfigParser rejects
   */
  text(option: ConfigOption): string | undefined {
    return this.#value(option)?.text;
  }

  /**
   * Returns the parsed value of a JSON option; undefined if Airflow uses its default.
   *
   * @throws {TaskRuntimeError} `INVALID` for a value that ConfigParser rejects or that is not JSON
   */
  json(option: ConfigOption): unknown {
    const value = this.#value(option);
    if (value === undefined || value.text === "") return undefined;
    try {
      return JSON.parse(value.text);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new TaskRuntimeError("INVALID", `Cannot read ${value.source}: ${reason}`, { cause });
    }
  }

  #value(option: ConfigOption): { readonly text: string; readonly source: string } | undefined {
    const value = this.#values[option];
    if (value === null) return undefined;
    if (!("error" in value)) return value;
    throw new TaskRuntimeError("INVALID", `Cannot read ${value.source}: ${value.error}`);
  }
}
