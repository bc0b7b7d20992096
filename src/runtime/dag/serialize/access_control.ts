/**
 * Who may do what with a Dag, in its serialized form.
 *
 * @module
 */
import type { JsonObject, JsonValue } from "../../../protocol/value.ts";
import type { DagOptions } from "../../../sdk/dag/dag_options.ts";
import { typed } from "./encoding.ts";

/** Actions by role and resource; actions alone are those on Dags, as in Airflow. */
export function encodeAccessControl(
  roles: NonNullable<DagOptions["accessControl"]>,
): JsonObject {
  const byRole = Object.entries(roles).map(([role, actions]): [string, JsonValue] => {
    const byResource = isActions(actions) ? { DAGs: actions } : actions;
    const entries = Object.entries(byResource)
      .map(([resource, each]): [string, JsonValue] => [
        resource,
        typed("set", [...new Set(each)].toSorted()),
      ]);
    return [role, typed("dict", Object.fromEntries(entries))];
  });
  return typed("dict", Object.fromEntries(byRole));
}

function isActions(
  value: readonly string[] | Readonly<Record<string, readonly string[]>>,
): value is readonly string[] {
  return Array.isArray(value);
}
