/**
 * Airflow's rules on what is a secret, as its secrets masker has them.
 *
 * @module
 */

/** What stands where a secret stood. */
export const MASK = "***";

/** Airflow's `[logging] min_length_masked_secret`: what is shorter would mask half the log. */
export const MIN_SECRET_LENGTH = 5;

/** Names that Airflow takes for those of secrets, and names that contain one of them. */
const SENSITIVE_NAMES = new RegExp(
  [
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
  ].join("|"),
);

/** What makes a name be looked at in a second form: capitals, and what is no part of a word. */
const UNUSUAL = /[^a-z0-9_]/;

/** Whether what goes by `name`, a variable's or a field's, is taken for a secret. */
export function isSensitiveName(name: string): boolean {
  if (!UNUSUAL.test(name)) return SENSITIVE_NAMES.test(name);
  const joined = name.trim().replace(/\W+/g, "_");
  const split = joined.replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2");
  return SENSITIVE_NAMES.test(joined.toLowerCase()) || SENSITIVE_NAMES.test(split.toLowerCase());
}
