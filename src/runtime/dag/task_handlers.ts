/**
 * The Dag processor's other question: which handlers does this bundle have for tasks of Python Dags?
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

/** The answer: each registered handler; the tasks of Dags that the bundle defines whole are none. */
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
    // A handler reads `batch_size` as `batchSize` too.
    exact_name: false,
  }));
  return [{ task_id: taskId, binding: "named", params: params ?? null }];
}
