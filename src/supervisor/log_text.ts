/**
 * Text that the task log can bear.
 *
 * @module
 */
import type { SecretsMask } from "./secrets_mask.ts";

/** Longest text kept of one value, in UTF-16 units; what is behind it is cut, with a mark. */
export const MAX_TEXT: number = 256 * 1024;

/** Well-formed text of bearable length: a lone surrogate would end the supervisor's writer. */
export function text(value: unknown, secrets?: SecretsMask): string {
  return shortText(value, secrets).toWellFormed();
}

/** Text of bearable length, which may hold lone surrogates still. */
export function shortText(value: unknown, secrets?: SecretsMask): string {
  const string = typeof value === "string" ? value : String(value);
  return string.length <= MAX_TEXT ? string : cut(string, secrets);
}

/** Secrets go first: of one that is cut in two, the mask would not know the half. */
function cut(string: string, secrets: SecretsMask | undefined): string {
  const masked = secrets === undefined ? string : secrets.mask(string);
  if (masked.length <= MAX_TEXT) return masked;
  return `${masked.slice(0, MAX_TEXT)} … [cut, ${string.length} characters]`;
}
