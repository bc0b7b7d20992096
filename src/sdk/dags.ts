/**
 * Dags as Airflow knows them.
 *
 * @module
 */

/** A Dag as Airflow knows it. */
export interface DagDetails {
  /** The id of the Dag. */
  readonly dagId: string;
  /** True when the Dag is paused, so that its runs do not start. */
  readonly isPaused: boolean;
  /** The name of its Dag bundle. */
  readonly bundleName: string | null;
  /** The version of its Dag bundle. */
  readonly bundleVersion: string | null;
  /** Its file, relative to the Dag bundle. */
  readonly relativeFileloc: string | null;
  /** Its owners, as text. */
  readonly owners: string | null;
  /** Its tags. */
  readonly tags: readonly string[];
  /** The logical date of its next run; null without a schedule. */
  readonly nextDagRun: Temporal.Instant | null;
}

/** Reads Dags: `ctx.dags`. */
export interface Dags {
  /**
   * Reads a Dag (GetDag).
   *
   * @throws {TaskRuntimeError} `NOT_FOUND` when it does not exist
   */
  get(dagId: string): Promise<DagDetails>;
}
