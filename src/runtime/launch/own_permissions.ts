/**
 * What the runtime itself needs, and what does no harm.
 *
 * @module
 */

/**
 * The variables that every bundle may read. Of Airflow's own, only those that the runtime reads:
 * others hold the database's address, keys, or commands that print secrets.
 */
export const READABLE_VARIABLES: readonly string[] = [
  "AIRFLOW_TASK_RUNTIME_RECORD",
  "AIRFLOW__CORE__KILLED_TASK_CLEANUP_TIME",
  "AIRFLOW__LOGGING__LOGGING_LEVEL",
  "AIRFLOW__LOGGING__NAMESPACE_LEVELS",
  "AIRFLOW__STATE_STORE__DEFAULT_RETENTION_DAYS",
  "OTEL_DENO",
  "HOME",
  "LANG",
  "LC_ALL",
  "NODE_ENV",
  "NODE_V8_COVERAGE",
  "NO_COLOR",
  "PATH",
  "TMPDIR",
  "TZ",
];
