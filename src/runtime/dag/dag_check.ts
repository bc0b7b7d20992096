/**
 * The defaults of params, held against their schemas.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import type { ParamDefinition } from "../../sdk/dag/param.ts";
import { findMismatch } from "../task/value_schema.ts";

/**
 * Makes sure that the default of each param fits its schema.
 *
 * @throws {TaskRuntimeError} `INVALID`, naming the param
 */
export function checkDefaults(params: readonly ParamDefinition[], what: string): void {
  for (const { name, default: value, schema } of params) {
    // As in Airflow: a default of null stands for none.
    if (value === undefined || value === null) continue;
    const found = findMismatch(value, schema);
    if (found === undefined) continue;
    throw new TaskRuntimeError(
      "INVALID",
      `Cannot define ${what}: the default of its param "${name}" does not fit its schema: ${found}`,
    );
  }
}
