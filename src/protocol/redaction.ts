/**
 * Redacts messages for recordings.
 *
 * @module
 */
import { isSensitiveName, MASK } from "./secret_name.ts";
import { isPlainObject } from "../values.ts";

/** Masks the registered secrets in a text. */
export type Mask = (text: string) => string;

/**
 * Returns a copy of a message without secrets: passwords, extras of connections, texts under sensitive
 * names, values of variables and XComs with sensitive keys, values in MaskSecret, and what `mask`
 * replaces. Includes JSON within texts.
 */
export function redact(value: unknown, mask: Mask): unknown {
  if (typeof value === "string") return redactText(value, mask);
  if (Array.isArray(value)) return value.map((item) => redact(item, mask));
  if (!isPlainObject(value)) return value;
  const secretFields = secretFieldsOf(value);
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => {
      if (secretFields.includes(key) || isSensitiveName(key)) return [key, hide(field)];
      return [key, redact(field, mask)];
    }),
  );
}

/** Returns the names of the secret fields of a message, apart from sensitive names. */
function secretFieldsOf(value: Record<string, unknown>): readonly string[] {
  if (typeof value["conn_id"] === "string" && "extra" in value) return ["password", "extra"];
  if (value["type"] === "MaskSecret") return ["value"];
  const name = value["key"];
  return typeof name === "string" && isSensitiveName(name) ? ["value"] : [];
}

function redactText(text: string, mask: Mask): string {
  const inside = parsed(text);
  if (inside === undefined) return mask(text);
  const redacted = JSON.stringify(redact(inside, mask));
  return redacted === JSON.stringify(inside) ? mask(text) : redacted;
}

/** Replaces every text by `***`; numbers and booleans stay, as in Airflow. */
function hide(value: unknown): unknown {
  if (typeof value === "string") {
    const inside = parsed(value);
    if (inside !== undefined) return JSON.stringify(hide(inside));
    return value === "" ? value : MASK;
  }
  if (Array.isArray(value)) return value.map(hide);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, hide(field)]));
}

/** Returns the object or array that a text holds as JSON. */
function parsed(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
