/**
 * The checks of a whole Dag.
 *
 * @module
 */
import { invalid } from "../../sdk/dag/checks.ts";
import { type DagDefinition, nameOf } from "../../sdk/dag/definition.ts";
import { checkGraph, type Graph } from "../../sdk/dag/graph.ts";
import { readParams } from "../../sdk/dag/param.ts";
import { at } from "../../sdk/dag/source_place.ts";
import { findMismatch } from "../task/value_schema.ts";

/**
 * Checks a whole Dag and returns the order of its tasks.
 *
 * @throws {TaskRuntimeError} `INVALID` for what {@linkcode checkGraph} refuses, and for a param
 * whose default does not fit its schema
 */
export function checkDag(dag: DagDefinition): Graph {
  const graph = checkGraph(dag);
  checkDefaults(`Dag "${dag.dagId}"${at(dag.place)}`, dag.options.params);
  for (const task of dag.tasks.values()) {
    checkDefaults(`${nameOf(task)}${at(task.place)}`, task.options.params);
  }
  return graph;
}

function checkDefaults(what: string, params: unknown): void {
  for (const { name, default: value, schema } of readParams(what, params)) {
    // As in Airflow, a default of null means that there is no default.
    if (value === undefined || value === null) continue;
    const found = findMismatch(value, schema);
    if (found === undefined) continue;
    throw invalid(what, `the default of its param "${name}" does not fit its schema: ${found}`);
  }
}
