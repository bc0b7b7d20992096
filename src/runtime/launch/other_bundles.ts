/**
 * The permissions of bundles that another SDK made, such as Airflow's own for TypeScript.
 *
 * These bundles declare none, so the operator of the worker sets them.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import { readVariable } from "../../supervisor/environment.ts";
import { type DeclaredPermissions, KINDS } from "./confinement.ts";

/** The environment variable that holds them: a JSON object as a bundle of ours declares it, or `all`. */
export const OTHER_BUNDLES_VARIABLE = "AIRFLOW_TASK_RUNTIME_OTHER_BUNDLES";

/**
 * Reads the permissions of other SDKs' bundles. They always contain `net`, since such a bundle connects to
 * Airflow itself, and are nothing else by default.
 *
 * @throws {TaskRuntimeError} `INVALID` when the variable's value is not of that form
 */
export function readOtherBundles(): DeclaredPermissions {
  const text = readVariable(OTHER_BUNDLES_VARIABLE) ?? "";
  if (text === "all") return Object.fromEntries(KINDS.map((kind) => [kind, true]));
  return { ...(text === "" ? {} : parse(text)), net: true };
}

function parse(text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Reported below.
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid(`its value must be a JSON object or all, got ${text}`);
  }
  for (const [kind, list] of Object.entries(value)) {
    if (!KINDS.some((known) => known === kind)) {
      throw invalid(`${JSON.stringify(kind)} is not a permission; known: ${KINDS.join(", ")}`);
    }
    const isList = Array.isArray(list) && list.every((entry) => typeof entry === "string");
    if (list !== true && !isList) {
      throw invalid(`"${kind}" must be true or a list of strings, got ${JSON.stringify(list)}`);
    }
  }
  return value;
}

function invalid(cause: string): TaskRuntimeError {
  return new TaskRuntimeError(
    "INVALID",
    `Cannot read ${OTHER_BUNDLES_VARIABLE}: ${cause}. ` +
      'Set it to a value such as {"env": ["PG*"], "read": ["/data"]}',
  );
}
