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

/** The number of cached names, and their greatest length: tasks use few names many times. */
const MAX_KNOWN = 1000;
const MAX_KNOWN_LENGTH = 100;

const known = new Map<string, boolean>();

/** Tells whether the value of a variable or field of this name is a secret. */
export function isSensitiveName(name: string): boolean {
  const before = known.get(name);
  if (before !== undefined) return before;
  const found = findSensitive(name);
  if (name.length > MAX_KNOWN_LENGTH) return found;
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(name, found);
  return found;
}

/**
 * Most tasks use few plain names, for which compiling a regular expression would take longer than the
 * rest of a request.
 */
function findSensitive(name: string): boolean {
  if (isPlainName(name)) return containsSensitive(name);
  const joined = name.trim().replace(/\W+/g, "_");
  const split = joined.replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    // With lookarounds, because matching runs of capitals takes seconds for a long name.
    .replace(/(?<=[A-Z])(?=[A-Z][a-z])/g, "_");
  return containsSensitive(joined.toLowerCase()) || containsSensitive(split.toLowerCase());
}

/** Tells whether a name consists of lower-case letters, digits and underscores. */
function isPlainName(name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const unit = name.charCodeAt(i);
    const isPlain = (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x30 && unit <= 0x39) ||
      unit === 0x5f;
    if (!isPlain) return false;
  }
  return true;
}

function containsSensitive(form: string): boolean {
  return SENSITIVE_NAMES.some((sensitive) => form.includes(sensitive));
}
