/**
 * What a Dag that is defined whole brings with it: how it is checked, run and serialized.
 *
 * The Dag brings it, and the rest of the runtime imports none of it, so that a bundle without such
 * Dags neither carries nor loads what they need.
 *
 * @module
 */
import type { JsonObject } from "../../protocol/value.ts";
import type { DagDefinition } from "../../sdk/dag/definition.ts";
import type { TaskHandler } from "../../sdk/task_handler.ts";

/** Where a Dag is. */
export interface DagLocation {
  /** Path of the bundle's file. */
  readonly file: string;
  /** The same, relative to Airflow's Dag bundle. */
  readonly relativeFile: string;
}

/** A Dag, as a bundle needs it. */
export interface DagPart {
  /** The Dag as data. */
  readonly definition: DagDefinition;

  /**
   * Checks the whole Dag and returns the handlers of its tasks.
   *
   * @throws {TaskRuntimeError} `INVALID` with the cause and the place in the author's file
   */
  handlers(): readonly TaskHandler<object>[];

  /**
   * Its form in Airflow's database.
   *
   * @throws {TaskRuntimeError} `INVALID` for a value that JSON has no word for
   */
  serialize(location: DagLocation): Promise<JsonObject>;
}

// What authors hold shows nothing of its inside.
const parts = new WeakMap<object, DagPart>();

/** Remembers what `dag` brings with it. */
export function setDagPart(dag: object, part: DagPart): void {
  parts.set(dag, part);
}

/** What a value brings with it; undefined when it is no Dag. */
export function dagPartOf(value: unknown): DagPart | undefined {
  return typeof value === "object" && value !== null ? parts.get(value) : undefined;
}
