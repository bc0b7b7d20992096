/**
 * Deadlines in a serialized Dag.
 *
 * @module
 */
import type { JsonObject, JsonValue } from "../../../protocol/value.ts";
import type { Deadline, DeadlineReference } from "../../../sdk/dag/deadline.ts";
import { secondsIn } from "../../../sdk/dag/duration.ts";
import { serialize } from "../../context/serialize.ts";
import { secondsSinceEpoch } from "./encoding.ts";

/** A deadline. */
export function encodeDeadline({ name, reference, interval, callback }: Deadline): JsonObject {
  return {
    name: name ?? null,
    reference: encodeReference(reference),
    interval: {
      __classname__: "datetime.timedelta",
      __version__: 2,
      __data__: secondsIn(interval) ?? 0,
    },
    callback: {
      __classname__: "airflow.sdk.definitions.callback.AsyncCallback",
      __version__: 0,
      __data__: {
        path: callback.path,
        kwargs: serialize(callback.kwargs ?? {}),
        queue: callback.queue ?? null,
      },
    },
  };
}

function encodeReference(reference: DeadlineReference): JsonValue {
  if (reference === "logical-date") return { reference_type: "DagRunLogicalDateDeadline" };
  if (reference === "queued-at") return { reference_type: "DagRunQueuedAtDeadline" };
  if ("at" in reference) {
    return {
      reference_type: "FixedDatetimeDeadline",
      datetime: secondsSinceEpoch(reference.at),
    };
  }
  return {
    reference_type: "AverageRuntimeDeadline",
    max_runs: reference.averageRuntimeOf,
    min_runs: reference.minRuns ?? reference.averageRuntimeOf,
  };
}
