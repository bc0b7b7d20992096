/**
 * The door for fixtures: a file of JSON or YAML.
 *
 * @module
 */
import { type Fixtures, parseFixtures } from "../../local/fixtures/fixtures.ts";
import { TaskRuntimeError } from "../../error.ts";

/**
 * Reads the fixtures in the file at `path`, YAML when its name ends in `.yaml` or `.yml`; none
 * without a path. Over them stands what `environment` holds for Airflow.
 *
 * @throws {TaskRuntimeError} `NOT_FOUND` for a file that cannot be read, `INVALID` for one that holds
 * no fixtures; the message names the file
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
    throw new TaskRuntimeError("NOT_FOUND", `Cannot read fixtures ${path}: ${reason}`, { cause });
  }
}

/** The JSON that a YAML text says the same as; what JSON has no form for is refused. */
async function jsonOfYaml(text: string): Promise<string> {
  // Loaded when it is asked for: no other command, and no launch, needs it.
  const { parse } = await import("../yaml.ts");
  try {
    const value: unknown = parse(text, { merge: true, logLevel: "error" });
    return JSON.stringify(value ?? {}, (_key, item: unknown) => {
      if (typeof item !== "number" || Number.isFinite(item)) return item;
      throw new RangeError(`${item} is no JSON`);
    });
  } catch (cause) {
    // What comes after the first line shows the place, which the line names too.
    const [reason = ""] = cause instanceof Error ? cause.message.split("\n") : [String(cause)];
    const told = reason.replace(/:$/, "");
    throw new TaskRuntimeError("INVALID", `Cannot read the fixtures: ${told}`, { cause });
  }
}
