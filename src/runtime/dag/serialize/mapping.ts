/**
 * What mapped tasks and groups are mapped over, in a serialized Dag.
 *
 * @module
 */
import type { JsonObject, JsonValue } from "../../../protocol/value.ts";
import type { Expansion } from "../../../sdk/dag/definition.ts";
import { encodeObject, encodeValue } from "./encoding.ts";

/** What a task or group is mapped over. */
export function encodeExpansion(expansion: Expansion, what: string): JsonObject {
  const value: JsonValue = expansion.kind === "dict-of-lists"
    ? encodeObject(expansion.sources, what)
    : encodeValue(expansion.source, what);
  return { type: expansion.kind, value };
}
