/**
 * Params in a serialized Dag.
 *
 * @module
 */
import type { JsonValue } from "../../../protocol/value.ts";
import type { ParamDefinition } from "../../../sdk/dag/param.ts";
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
