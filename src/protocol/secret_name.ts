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

/** How many names are remembered, and of what length: a task asks for few, many times. */
const MAX_KNOWN = 1000;
const MAX_KNOWN_LENGTH = 100;

const known = new Map<string, boolean>();

/** Whether what goes by `name`, a variable's or a field's, is taken for a secret. */
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
 * Most tasks ask for a few plain names: to compile a regular expression for them would take longer
 * than all else that a request does.
 */
function findSensitive(name: string): boolean {
  if (isPlainName(name)) return containsSensitive(name);
  const joined = name.trim().replace(/\W+/g, "_");
  const split = joined.replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    // Looked at place by place: a name of 50,000 capitals would take seconds.
    .replace(/(?<=[A-Z])(?=[A-Z][a-z])/g, "_");
  return containsSensitive(joined.toLowerCase()) || containsSensitive(split.toLowerCase());
}

/** Whether it is small letters, digits and underscores alone, and so has one form. */
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
