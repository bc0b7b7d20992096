/**
 * Which values are JSON objects.
 *
 * @module
 */

import { isPlain } from "../../protocol/fault.ts";
import type { JsonObject } from "../../protocol/generated.ts";

/** Whether a value that JSON or a checked message has brought is an object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return isPlain(value);
}
