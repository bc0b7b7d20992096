/**
 * Messages without the secrets in them, for keeping them.
 *
 * @module
 */
import { isSensitiveName, MASK } from "./secret_name.ts";
import { isPlainObject } from "../values.ts";

/** Replaces in a text what is known to be secret. */
export type Mask = (text: string) => string;

/**
 * A copy of a message in which `***` stands for the password and every text of the extra of a
 * connection, for texts under sensitive names, for the value of a variable or XCom of such a name,
 * for what MaskSecret names, and for what `mask` knows. JSON within a text is looked into.
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

/** The fields that are secret by what the object is, whatever they are called. */
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

/** Every text hidden; numbers and booleans stay, as in Airflow's own masker. */
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

/** The object or array in a text of JSON. */
function parsed(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
