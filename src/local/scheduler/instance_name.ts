/**
 * What a task instance is called.
 *
 * @module
 */

/** The task's id, with the map index where there is one: `load[2]`. */
export function instanceName(taskId: string, mapIndex = -1): string {
  return mapIndex < 0 ? taskId : `${taskId}[${mapIndex}]`;
}
