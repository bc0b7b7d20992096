/**
 * The reply to the Dag processor: the bundle's handlers for tasks of Python Dags.
 *
 * @module
 */
import type {
  TaskHandlerDeclaration,
  TaskHandlerParam,
  TaskHandlerParseRequest,
  TaskHandlerParsingResult,
} from "../../protocol/task_handlers.ts";
import type { HandlerRegistry } from "../../sdk/handler_registry.ts";
import { NativeTaskHandler } from "./native_task.ts";
import { parametersOf } from "../task/handler_schema.ts";
import { isPlainObject } from "../../values.ts";

/** Describes each registered handler, without those of the bundle's own Dags. */
export function declareTaskHandlers(
  request: TaskHandlerParseRequest,
  handlers: HandlerRegistry,
): TaskHandlerParsingResult {
  const declared = handlers.dagIds.map((dagId): [string, TaskHandlerDeclaration[]] => [
    dagId,
    handlers.taskIds(dagId).flatMap((taskId) => declarationOf(dagId, taskId, handlers)),
  ]);
  return {
    type: "TaskHandlerParsingResult",
    fileloc: request.file,
    task_handlers: Object.fromEntries(declared.filter(([, tasks]) => tasks.length > 0)),
  };
}

function declarationOf(
  dagId: string,
  taskId: string,
  handlers: HandlerRegistry,
): TaskHandlerDeclaration[] {
  const handler = handlers.find(dagId, taskId);
  if (handler === undefined || handler instanceof NativeTaskHandler) return [];
  const parameters = parametersOf(handler.argsSchema);
  const params = parameters?.map(({ name, schema }): TaskHandlerParam => ({
    name,
    value_schema: isPlainObject(schema) ? schema : null,
    // A handler can read `batch_size` as `batchSize`.
    exact_name: false,
  }));
  return [{ task_id: taskId, binding: "named", params: params ?? null }];
}
