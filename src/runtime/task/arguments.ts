/**
 * TaskFlow's arguments: what the Dag file passes to a task when it calls it.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import type { StartupDetails, TaskArgBinding } from "../../protocol/generated.ts";
import type { Logger } from "../../sdk/logger.ts";
import type { TaskArgs } from "../../sdk/task_handler.ts";
import type { Requester } from "../requester.ts";
import { findMismatch } from "./value_schema.ts";
import { AirflowXComs } from "../context/xcoms.ts";

/**
 * The arguments that a handler gets, by the names of the Python parameters.
 *
 * A name such as `batch_size` can be read as `batchSize` too; only the first is listed by
 * `Object.keys()`. The results of tasks upstream are fetched all at once, each once.
 *
 * To a bundle of schema 2026-06-16 Airflow tells no arguments; it gets `{}`, and the log says why at
 * level debug.
 *
 * @throws {TaskRuntimeError} `NOT_FOUND` when a task upstream has pushed no return value, unless the
 * parameter's type has null in it; `INVALID` when a value is not of the parameter's type; each names
 * the argument
 */
export async function bindArguments(
  startup: StartupDetails,
  requester: Requester,
  log: Logger,
): Promise<TaskArgs> {
  const { ti, ti_context: { arg_bindings: bindings } } = startup;
  if (bindings === undefined) {
    log.debug("No arguments: Airflow tells them from schema 2026-10-30 on, the bundle's is older");
  }
  if (bindings === undefined || bindings === null) return {};
  const xcoms = new AirflowXComs(requester, {
    dagId: ti.dag_id,
    runId: ti.run_id,
    taskId: ti.task_id,
    mapIndex: ti.map_index ?? -1,
  });
  const results = new Map<string, Promise<unknown>>();
  for (const binding of bindings) {
    if (binding.kind !== "xcom" || results.has(binding.task_id)) continue;
    results.set(binding.task_id, xcoms.get(binding.task_id));
  }
  // Settled one by one, a second rejection would find nobody waiting for it.
  await Promise.all(results.values());
  const task = `${ti.dag_id}.${ti.task_id}`;
  const values = new Map<string, unknown>();
  for (const binding of bindings) {
    const value = binding.kind === "xcom"
      ? await results.get(binding.task_id)
      : binding.value ?? null;
    check(binding, value, task);
    values.set(binding.name, value);
  }
  return argumentsOf(values);
}

function check(binding: TaskArgBinding, value: unknown, task: string): void {
  // `rows: list = None` is common in Python: a default need not be of the parameter's type.
  if (binding.kind === "literal" && binding.from_default === true) return;
  const { name, value_schema: schema } = binding;
  const found = schema === undefined || schema === null ? undefined : findMismatch(value, schema);
  const isMissing = binding.kind === "xcom" && value === null &&
    (found !== undefined || schema === undefined || schema === null);
  if (isMissing) {
    throw new TaskRuntimeError(
      "NOT_FOUND",
      `Cannot bind argument "${name}" of task "${task}": ` +
        `task "${binding.task_id}" has pushed no return value`,
    );
  }
  if (found === undefined) return;
  const source = binding.kind === "xcom" ? ` (the return value of task "${binding.task_id}")` : "";
  throw new TaskRuntimeError(
    "INVALID",
    `Cannot bind argument "${name}" of task "${task}"${source}: ${found}`,
  );
}

/** Every value under its name, and under its camel-cased one where that is free. */
function argumentsOf(values: ReadonlyMap<string, unknown>): TaskArgs {
  const args: Record<string, unknown> = {};
  // Defined, not assigned: a parameter may be called `__proto__`.
  for (const [name, value] of values) {
    Object.defineProperty(args, name, { value, enumerable: true });
  }
  for (const [name, value] of values) {
    const alias = camelCased(name);
    if (!Object.hasOwn(args, alias)) Object.defineProperty(args, alias, { value });
  }
  return Object.freeze(args);
}

/** `batch_size` becomes `batchSize`; underscores at either end stay. */
function camelCased(name: string): string {
  return name.replace(
    /(?<=[^_])_+([\p{L}\p{N}])/gu,
    (_match, letter: string) => letter.toUpperCase(),
  );
}
