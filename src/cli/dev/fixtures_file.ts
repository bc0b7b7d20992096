/**
 * Reads a fixtures file of JSON or YAML.
 *
 * @module
 */
import { type Fixtures, parseFixtures } from "../../local/fixtures/fixtures.ts";
import { TaskRuntimeError } from "../../error.ts";

/**
 * Reads the fixtures file at `path`, as YAML when its name ends in `.yaml` or `.yml`. Airflow's
 * variables in `environment` override the file.
 *
 * @throws {TaskRuntimeError} `NOT_FOUND` when the file cannot be read, `INVALID` when it is not a
 * fixtures file
 */
export async function readFixtures(
  path: string | undefined,
  environment: Readonly<Record<string, string>>,
): Promise<Fixtures> {
  if (path === undefined) return parseFixtures("{}", environment);
  const text = await readText(path);
  try {
    return parseFixtures(/\.ya?ml$/.test(path) ? await jsonOfYaml(text) : text, environment);
  } catch (cause) {
    if (!(cause instanceof TaskRuntimeError)) throw cause;
    throw new TaskRuntimeError(cause.code, `${cause.message} (${path})`, { cause });
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TaskRuntimeError("NOT_FOUND", `Cannot read fixtures "${path}": ${reason}`, { cause });
  }
}

/** Converts YAML to JSON; values without a JSON form are refused. */
async function jsonOfYaml(text: string): Promise<string> {
  // Loaded on demand, since only this command needs it.
  const { parse } = await import("../yaml.ts");
  try {
    const value: unknown = parse(text, { merge: true, logLevel: "error" });
    return JSON.stringify(value ?? {}, (_key, item: unknown) => {
      if (typeof item !== "number" || Number.isFinite(item)) return item;
      throw new RangeError(`${item} has no form in JSON`);
    });
  } catch (cause) {
    // The first line names the place; the others only show it.
    const [reason = ""] = cause instanceof Error ? cause.message.split("\n") : [String(cause)];
    const firstLine = reason.replace(/:$/, "");
    throw new TaskRuntimeError("INVALID", `Cannot read the fixtures: ${firstLine}`, { cause });
  }
}
