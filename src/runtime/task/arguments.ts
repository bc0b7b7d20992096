/**
 * The TaskFlow arguments that a Python Dag passes to a task.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import type { StartupDetails, TaskArgBinding } from "../../protocol/generated.ts";
import type { TaskContext } from "../../sdk/context.ts";
import type { TaskArgs } from "../../sdk/handler.ts";
import { findMismatch } from "./value_schema.ts";

/**
 * Binds the arguments of a handler, by the names of the Python parameters.
 *
 * A name such as `batch_size` can also be read as `batchSize`, which `Object.keys()` does not list.
 * The results of upstream tasks are pulled in parallel, each once. A bundle with schema version
 * 2026-06-16 receives no arguments from Airflow: the result is `{}`.
 *
 * @throws {TaskRuntimeError} `NOT_FOUND` when an upstream task has pushed no return value and the
 * parameter's type does not allow null; `INVALID` when a value does not fit the parameter's type
 */
export async function bindArguments(
  { ti, ti_context: { arg_bindings: bindings } }: StartupDetails,
  { xcoms, log }: Pick<TaskContext, "xcoms" | "log">,
): Promise<TaskArgs> {
  if (bindings === undefined) {
    log.debug(
      "No arguments: Airflow sends them to bundles with schema version 2026-10-30 or newer",
    );
  }
  if (bindings === undefined || bindings === null) return {};
  const results = new Map<string, Promise<unknown>>();
  for (const binding of bindings) {
    if (binding.kind !== "xcom" || results.has(binding.task_id)) continue;
    results.set(binding.task_id, xcoms.pull(binding.task_id));
  }
  // Awaited one by one, a second rejection would be unhandled.
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
  // A default such as `rows: list = None` need not fit the parameter's type.
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

/** Adds the camel-cased names, except those that are parameters themselves. */
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

/** Turns `batch_size` into `batchSize`; keeps underscores at either end. */
function camelCased(name: string): string {
  return name.replace(
    /(?<=[^_])_+([\p{L}\p{N}])/gu,
    (_match, letter: string) => letter.toUpperCase(),
  );
}
