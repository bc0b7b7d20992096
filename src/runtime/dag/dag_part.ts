/**
 * The part of a Dag that a bundle needs: how it is checked, run and serialized.
 *
 * Only dag.ts imports the code behind it, so a bundle without native Dags does not include that code.
 *
 * @module
 */
import type { JsonObject } from "../../protocol/value.ts";
import type { DagDefinition } from "../../sdk/dag/definition.ts";
import type { TaskHandler } from "../../sdk/task_handler.ts";

/** The location of a Dag. */
export interface DagLocation {
  /** The path of the bundle's file. */
  readonly file: string;
  /** The path relative to Airflow's Dag bundle. */
  readonly relativeFile: string;
}

/** A Dag, as a bundle needs it. */
export interface DagPart {
  /** The definition. */
  readonly definition: DagDefinition;

  /**
   * Checks the whole Dag and returns the handlers of its tasks.
   *
   * @throws {TaskRuntimeError} `INVALID` with the cause and the place in the author's file
   */
  handlers(): readonly TaskHandler<object>[];

  /**
   * Returns the Dag in the form of Airflow's database.
   *
   * @throws {TaskRuntimeError} `INVALID` for a value that JSON cannot express
   */
  serialize(location: DagLocation): Promise<JsonObject>;
}

// A WeakMap instead of a property: the objects that authors hold show no internals.
const parts = new WeakMap<object, DagPart>();

/** Binds a Dag to its part. */
export function setDagPart(dag: object, part: DagPart): void {
  parts.set(dag, part);
}

/** Returns the part of a Dag; undefined for any other value. */
export function dagPartOf(value: unknown): DagPart | undefined {
  return typeof value === "object" && value !== null ? parts.get(value) : undefined;
}
