/**
 * The vectors made by Airflow 3.4.0b2, as far as the tests of this room look at them.
 *
 * `tests/testdata/golden_airflow_3_4_0b2.json` is made by encoding every message with Airflow's own
 * frames and validating every request with its own TypeAdapter, at both schema versions.
 */
import type { SchemaVersion } from "../../src/protocol/generated.ts";
import { decode } from "../../src/wire/decoder.ts";

/** A request body and what Airflow says of it. */
export interface RequestVector {
  readonly message: string;
  readonly full: boolean;
  readonly schema_version: SchemaVersion;
  readonly accepted: boolean;
  readonly body: Record<string, unknown>;
  readonly hex: string;
}

/** A frame to a task. */
export interface ArrivalVector {
  readonly message: string;
  readonly schema_version: string;
  readonly hex: string;
}

/** What Airflow demands of a request's keys. */
export interface FieldRule {
  readonly required_on_wire: readonly string[];
  readonly required_but_nullable: readonly string[];
  readonly unknown_key_accepted: boolean;
}

interface Golden {
  readonly to_task_members: readonly string[];
  readonly to_supervisor_members: readonly string[];
  readonly frames_to_task: readonly ArrivalVector[];
  readonly frames_to_supervisor: readonly RequestVector[];
  readonly field_rules: Readonly<Record<string, FieldRule>>;
}

const FILE = new URL("../testdata/golden_airflow_3_4_0b2.json", import.meta.url);

/** The vectors. */
export const golden: Golden = JSON.parse(await Deno.readTextFile(FILE));

/** The value in a vector's frame, behind its four bytes of length. */
export function decodeFrame(hex: string): unknown {
  return decode(Uint8Array.fromHex(hex).subarray(4));
}

/** The request with every field of the newest date, by name. */
export function fullRequests(): Map<string, Record<string, unknown>> {
  const newest = golden.frames_to_supervisor.filter((vector) =>
    vector.full && vector.schema_version === "2026-10-30"
  );
  return new Map(newest.map((vector) => [vector.message, vector.body]));
}
