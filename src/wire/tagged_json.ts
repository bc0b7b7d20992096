/**
 * JSON that also holds times, bigints, bytes, NaN and the infinities, for recordings.
 *
 * @module
 */

/** The only key of the object that stands for such a value. */
const INSTANT = "$instant";
const BIGINT = "$bigint";
const BYTES = "$bytes";
const NUMBER = "$number";
/** The only key of an object that wraps one whose only key looks like these. */
const LITERAL = "$literal";

/**
 * Encodes a value as JSON text, from which {@linkcode decodeTagged} makes an equal value.
 *
 * @example
 * ```ts
 * import { decodeTagged, encodeTagged } from "./tagged_json.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const row = { at: Temporal.Instant.from("2026-01-02T03:04:05Z"), big: 2n ** 60n };
 * assertEquals(decodeTagged(encodeTagged(row)), row);
 * ```
 */
export function encodeTagged(value: unknown): string {
  return JSON.stringify(plain(value)) ?? "null";
}

/**
 * Decodes the text that {@linkcode encodeTagged} returned.
 *
 * @throws {SyntaxError} when the text is not JSON
 */
export function decodeTagged(text: string): unknown {
  return rich(JSON.parse(text));
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint") return { [BIGINT]: value.toString() };
  if (value instanceof Temporal.Instant) return { [INSTANT]: value.toString() };
  if (value instanceof Uint8Array) return { [BYTES]: value.toBase64() };
  if (typeof value === "number" && !Number.isFinite(value)) return { [NUMBER]: String(value) };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, plain(item)] as const);
  const object = Object.fromEntries(entries);
  const looksTagged = entries.length === 1 && entries[0]?.[0].startsWith("$");
  return looksTagged ? { [LITERAL]: object } : object;
}

function rich(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rich);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const [key, item]: [string?, unknown?] = entries.length === 1 ? entries[0] ?? [] : [];
  if (key === INSTANT) return Temporal.Instant.from(String(item));
  if (key === BIGINT) return BigInt(String(item));
  if (key === BYTES) return Uint8Array.fromBase64(String(item));
  if (key === NUMBER) return Number(item);
  const inside = key === LITERAL ? Object.entries(item ?? {}) : entries;
  return Object.fromEntries(inside.map(([name, inner]) => [name, rich(inner)]));
}
