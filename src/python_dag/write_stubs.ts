/**
 * Writes the Python Dag file of a bundle, with a `@task.stub` for each task.
 *
 * @module
 */
import type { BundleMetadata, DagMetadata, ParameterMetadata } from "../bundle/metadata.ts";
import { TaskRuntimeError } from "../error.ts";
import { annotationOf } from "./annotation.ts";
import { isPythonName, pythonLiteral, PythonNames, pythonString } from "./python_name.ts";
import { isPlainObject } from "../values.ts";

/** The line length of ruff and black. */
const WIDTH = 88;
const INDENT = "    ";

/** Options of {@linkcode writeStubs}. */
export interface StubOptions {
  /** The queue that routes the tasks to the coordinator. */
  readonly queue: string;
  /** The name of the bundle in the docstring of the file. */
  readonly source: string;
}

/**
 * Returns the text of the Dag file, formatted as ruff and black do. The Dag calls every stub once and
 * passes None for each required parameter; the author replaces it by the result of an upstream task.
 *
 * @throws {TaskRuntimeError} `INVALID` for a parameter that is not a valid name in Python
 */
export function writeStubs(
  { dags }: Pick<BundleMetadata, "dags">,
  { queue, source }: StubOptions,
): string {
  const names = new PythonNames(["annotations", "dag", "task"]);
  const entries = Object.entries(dags);
  const bodies = entries.map(([dagId, dag]) => {
    const name = names.nameFor(dagId, "dag");
    return { name, text: dagFunction(dagId, name, dag, queue) };
  });
  const passesNone = entries.some(([, { parameters = {} }]) =>
    Object.values(parameters).flat().some(({ required }) => required)
  );
  return [
    `"""Stub tasks for ${plain(source)}. Queue ${plain(queue)} routes them to the bundle.`,
    "",
    `Written by "airflow-task-runtime stubs"; "airflow-task-runtime check" compares it with the`,
    "bundle.",
    ...(passesNone
      ? ["Replace each None that a call passes by the result of an upstream task."]
      : []),
    `"""`,
    "",
    "from __future__ import annotations",
    "",
    "from airflow.sdk import dag, task",
    ...bodies.flatMap(({ text }) => ["", "", ...text]),
    "",
    "",
    ...bodies.map(({ name }) => `${name}()`),
    "",
  ].join("\n");
}

function dagFunction(
  dagId: string,
  name: string,
  { tasks, parameters = {} }: DagMetadata,
  queue: string,
): string[] {
  const names = new PythonNames(["dag", "task", name]);
  const own = new Map(Object.entries(parameters));
  const stubs = tasks.map((taskId) => ({
    taskId,
    name: names.nameFor(taskId, "task"),
    parameters: read(taskId, own.get(taskId)),
  }));
  return [
    ...call("@dag", [`dag_id=${pythonString(dagId)}`, "schedule=None", "catchup=False"], "", ""),
    `def ${name}():`,
    ...stubs.flatMap((stub) => [...stubFunction(stub, queue), ""]),
    ...stubs.flatMap((stub) => {
      const given = stub.parameters.filter(({ required }) => required);
      return call(stub.name, given.map((each) => `${each.name}=None`), INDENT, "");
    }),
    ...(stubs.length === 0 ? [`${INDENT}pass`] : []),
  ];
}

interface Stub {
  readonly taskId: string;
  readonly name: string;
  readonly parameters: readonly ParameterMetadata[];
}

function read(taskId: string, parameters: readonly ParameterMetadata[] = []): ParameterMetadata[] {
  const unfit = parameters.find(({ name }) => !isPythonName(name));
  if (unfit !== undefined) {
    throw new TaskRuntimeError(
      "INVALID",
      `Cannot write the stub of task "${taskId}": parameter "${unfit.name}" is not a valid Python name. ` +
        "Rename the parameter",
    );
  }
  // In Python, parameters with a default come last.
  return parameters.toSorted((a, b) => Number(b.required) - Number(a.required));
}

function stubFunction({ taskId, name, parameters }: Stub, queue: string): string[] {
  const id = name === taskId ? [] : [`task_id=${pythonString(taskId)}`];
  return [
    ...call("@task.stub", [...id, `queue=${pythonString(queue)}`], INDENT, ""),
    ...call(`def ${name}`, parameters.map(parameter), INDENT, ": ..."),
  ];
}

function parameter({ name, required, schema }: ParameterMetadata): string {
  const annotation = annotationOf(schema);
  if (required) return annotation === undefined ? name : `${name}: ${annotation}`;
  const stated = isPlainObject(schema) ? pythonLiteral(schema["default"]) : undefined;
  const fallback = stated ?? "None";
  if (annotation === undefined) return `${name}=${fallback}`;
  const type = fallback !== "None" || annotation.endsWith("None")
    ? annotation
    : `${annotation} | None`;
  return `${name}: ${type} = ${fallback}`;
}

/** Replaces characters that would end a docstring or escape in it. */
function plain(text: string): string {
  return text.replaceAll(/["\\\p{Cc}]/gu, "_");
}

/** Writes `head(parts)tail` on one line, or one part a line if that is too long. */
function call(head: string, parts: readonly string[], indent: string, tail: string): string[] {
  const line = `${indent}${head}(${parts.join(", ")})${tail}`;
  if (parts.length === 0 || [...line].length <= WIDTH) return [line];
  return [
    `${indent}${head}(`,
    ...parts.map((part) => `${indent}${INDENT}${part},`),
    `${indent})${tail}`,
  ];
}
