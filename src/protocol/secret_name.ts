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

/** Whether what goes by `name`, a variable's or a field's, is taken for a secret. */
export function isSensitiveName(name: string): boolean {
  const joined = name.trim().replace(/\W+/g, "_");
  const split = joined.replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2");
  const forms = [joined.toLowerCase(), split.toLowerCase()];
  return SENSITIVE_NAMES.some((sensitive) => forms.some((form) => form.includes(sensitive)));
}
