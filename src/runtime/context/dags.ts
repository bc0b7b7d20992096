/**
 * `ctx.dags` over the wire.
 *
 * @module
 */
import type { DagDetails, Dags } from "../../sdk/dags.ts";
import type { Requester } from "../requester.ts";

/** Reads Dags from the supervisor. */
export class AirflowDags implements Dags {
  readonly #requester: Requester;

  /** Reads through `requester`. */
  constructor(requester: Requester) {
    this.#requester = requester;
  }

  async get(dagId: string): Promise<DagDetails> {
    const dag = await this.#requester.request({ type: "GetDag", dag_id: dagId });
    return {
      dagId: dag.dag_id,
      isPaused: dag.is_paused,
      bundleName: dag.bundle_name,
      bundleVersion: dag.bundle_version,
      relativeFileloc: dag.relative_fileloc,
      owners: dag.owners,
      tags: dag.tags,
      nextDagRun: dag.next_dagrun,
    };
  }
}
