/**
 * `ctx.maskSecret()` over the wire.
 *
 * @module
 */
import type { Requester } from "../requester.ts";
import { serialize } from "./serialize.ts";

/** Has the supervisor, and through a MaskingRequester our own log, mask `value`. */
export async function maskSecret(
  requester: Requester,
  value: unknown,
  name?: string,
): Promise<void> {
  await requester.request({ type: "MaskSecret", value: serialize(value), name: name ?? null });
}
