/**
 * `ctx.maskSecret()` over the wire.
 *
 * @module
 */
import type { Requester } from "../requester.ts";
import { serialize } from "./serialize.ts";

/** Registers `value` as a secret, with the supervisor and (in MaskingRequester) with our own log. */
export async function maskSecret(
  requester: Requester,
  value: unknown,
  name?: string,
): Promise<void> {
  await requester.request({ type: "MaskSecret", value: serialize(value), name: name ?? null });
}
