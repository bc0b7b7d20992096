/**
 * Airflow's rules about names of secrets.
 *
 * @module
 */

/** The replacement of a secret. */
export const MASK = "***";

/** The shortest secret: Airflow's default of `[logging] min_length_masked_secret`. */
export const MIN_SECRET_LENGTH = 5;

/** A name that contains one of these is sensitive. */
const SENSITIVE_NAMES = [
  "access_key",
  "access_token",
  "api_key",
  "apikey",
  "auth_header",
  "authorization",
  "bearer",
  "connection_string",
  "dsn",
  "keyfile_dict",
  "passphrase",
  "passwd",
  "password",
  "private_key",
  "proxies",
  "proxy",
  "secret",
  "service_account",
  "service_key",
  "token",
  "webhook_url",
];

/** Tells whether the value of a variable or field of this name is a secret. */
export function isSensitiveName(name: string): boolean {
  const joined = name.trim().replace(/\W+/g, "_");
  const split = joined.replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    // With lookarounds, because matching runs of capitals takes seconds for a long name.
    .replace(/(?<=[A-Z])(?=[A-Z][a-z])/g, "_");
  return containsSensitive(joined.toLowerCase()) || containsSensitive(split.toLowerCase());
}

function containsSensitive(form: string): boolean {
  return SENSITIVE_NAMES.some((sensitive) => form.includes(sensitive));
}
