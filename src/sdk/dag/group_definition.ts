/**
 * Groups of tasks.
 *
 * @module
 */
import type { GroupDefinition, TaskGroupOptions } from "./definition.ts";
import { checkOptions, type OptionKind } from "./option_check.ts";
import { checkGroupId } from "./problem.ts";
import type { SourcePlace } from "./source_place.ts";
import { checkTaskOptions } from "./task_options.ts";
import { checkFree, prefixed } from "./task_scope.ts";

const GROUP_OPTION_KINDS = {
  prefix: "flag",
  displayName: "text",
  tooltip: "text",
  docMd: "text",
  uiColor: "text",
  uiFgColor: "text",
  defaultArgs: "own",
} as const satisfies Readonly<Record<keyof TaskGroupOptions, OptionKind>>;

/**
 * Defines a group.
 *
 * @throws {TaskRuntimeError} `INVALID` for an id or option that Airflow refuses; `CONFLICT` when the
 * Dag has one of this id already
 */
export function defineGroup(
  parent: GroupDefinition,
  groupId: string,
  options: TaskGroupOptions,
  place: SourcePlace,
): GroupDefinition {
  const { dag } = parent;
  checkGroupId(`group "${dag.dagId}.${groupId}"`, groupId);
  const id = prefixed(parent, groupId);
  const what = `group "${dag.dagId}.${id}"`;
  checkOptions(what, options, GROUP_OPTION_KINDS);
  if (options.defaultArgs !== undefined) checkTaskOptions(what, options.defaultArgs);
  checkFree(dag, id, what);
  const group: GroupDefinition = {
    kind: "group",
    id,
    label: groupId,
    dag,
    parent,
    options,
    children: [],
    expansion: undefined,
    place,
  };
  dag.groups.set(id, group);
  parent.children.push(group);
  return group;
}
