/**
 * Params in a serialized Dag.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import type { JsonValue } from "../../protocol/value.ts";
import type { ParamDefinition } from "../../sdk/dag/param.ts";
import { findMismatch } from "../value_schema.ts";
import { encodeObject, encodeValue, typed } from "./encoding.ts";

/** Params with the one who gives them: Airflow keeps them as pairs, for the order. */
export function encodeParams(
  params: readonly { readonly param: ParamDefinition; readonly source: "dag" | "task" | null }[],
  what: string,
): JsonValue[] {
  return params.map(({ param, source }) => [param.name, {
    __class: "airflow.sdk.definitions.param.Param",
    default: param.default === undefined
      ? typed("arg_not_set", null)
      : encodeValue(param.default, `param "${param.name}" of ${what}`),
    description: param.description,
    schema: encodeObject(param.schema, `param "${param.name}" of ${what}`),
    source,
  }]);
}

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
