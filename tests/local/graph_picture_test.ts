import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { edgeKey, layOut } from "../../src/local/graph/layout.ts";
import { graphPage, graphPicture } from "../../src/local/graph/picture.ts";
import { readPlan } from "../../src/local/scheduler/serialized_dag.ts";
import type { JsonObject } from "../../src/protocol/value.ts";

function dag(tasks: JsonObject[], more: JsonObject = {}): JsonObject {
  const children = tasks.map(({ task_id: id }) => [String(id), ["operator", String(id)]]);
  return {
    __version: 3,
    dag: {
      dag_id: "<shop>",
      tasks: tasks.map((task) => ({ __type: "operator", __var: { is_stub: true, ...task } })),
      task_group: { _group_id: null, children: Object.fromEntries(children) },
      ...more,
    },
  };
}

Deno.test("layOut(): puts each box to the right of its upstream boxes without overlap", () => {
  const boxes = [..."abcdefgh"].map((id) => ({ id, width: 100, height: 40 }));
  const edges = "ab ac bd cd de af fe ag gh he ae".split(" ")
    .map(([from = "", to = ""]) => [from, to] as const);
  const { corners, bends, width, height } = layOut(boxes, edges);
  for (const [from, to] of edges) {
    assert((corners.get(from)?.x ?? 0) + 100 < (corners.get(to)?.x ?? 0), `${from} to ${to}`);
  }
  const places = [...corners.values()];
  for (const [i, a] of places.entries()) {
    assert(a.x >= 0 && a.y >= 0 && a.x + 100 <= width && a.y + 40 <= height);
    for (const b of places.slice(i + 1)) {
      assert(Math.abs(a.x - b.x) >= 100 || Math.abs(a.y - b.y) >= 40, "they overlap");
    }
  }
  // An edge over two layers crosses each in a straight line.
  assertEquals(bends.get(edgeKey("a", "e"))?.length, 4);
});

Deno.test("graphPicture(): escapes names, shows labels and marks, and refers to no other file", () => {
  const plan = readPlan(dag([
    {
      task_id: "choose",
      _task_display_name: "</text><script>alert(1)</script>",
      _can_skip_downstream: true,
      downstream_task_ids: ["many"],
    },
    {
      task_id: "many",
      _is_mapped: true,
      expand_input: { type: "list-of-dicts", value: [{ __type: "dict", __var: {} }] },
      partial_kwargs: { trigger_rule: "all_done" },
    },
  ], { edge_info: { choose: { many: { label: "a < b" } } } }));
  const svg = graphPicture(plan);
  assert(!svg.includes("<script"), svg);
  assertStringIncludes(svg, "&lt;/text&gt;&lt;script&gt;");
  assertStringIncludes(svg, ">a &lt; b</text>");
  assertStringIncludes(svg, ">many [ ]</text>");
  assertStringIncludes(svg, ">all_done</text>");
  assertStringIncludes(svg, 'class="choice"');
  assertStringIncludes(svg, "prefers-color-scheme:dark");
  const links = graphPage(plan).match(/(?:https?:|src=|href=)\S*/g) ?? [];
  assertEquals(links.filter((link) => !link.startsWith("http://www.w3.org/")), []);
});
