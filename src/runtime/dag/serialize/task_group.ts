/**
 * Task groups in a serialized Dag.
 *
 * @module
 */
import type { JsonObject, JsonValue } from "../../../protocol/value.ts";
import { type GroupDefinition, nameOf } from "../../../sdk/dag/definition.ts";
import type { Graph } from "../../../sdk/dag/graph.ts";
import { encodeExpansion } from "./encoding.ts";

/** Encodes a group with its tasks and inner groups. */
export function encodeGroup(group: GroupDefinition, graph: Graph): JsonObject {
  const isRoot = group.parent === undefined;
  const edges = graph.groups.get(group);
  const { prefix = true, displayName = "", tooltip = "", docMd, uiColor, uiFgColor } =
    group.options;
  const children = group.children.map((child): [string, JsonValue] => [
    child.id,
    child.kind === "task" ? ["operator", child.id] : ["taskgroup", encodeGroup(child, graph)],
  ]);
  return {
    _group_id: isRoot ? null : group.label,
    group_display_name: displayName,
    prefix_group_id: prefix,
    tooltip,
    ui_color: uiColor ?? "CornflowerBlue",
    ui_fgcolor: uiFgColor ?? "#000",
    children: Object.fromEntries(children),
    upstream_group_ids: sorted(edges?.upstreamGroups),
    downstream_group_ids: sorted(edges?.downstreamGroups),
    upstream_task_ids: sorted(edges?.upstreamTasks),
    downstream_task_ids: sorted(edges?.downstreamTasks),
    ...(docMd === undefined ? {} : { doc_md: docMd }),
    ...(group.expansion === undefined ? {} : {
      expand_input: encodeExpansion(group.expansion, nameOf(group)),
      is_mapped: true,
    }),
  };
}

function sorted(ids: ReadonlySet<string> | undefined): string[] {
  return [...ids ?? []].toSorted();
}
