import { assert, assertEquals } from "@std/assert";
import type { DagPlan, PlannedGroup, PlannedTask } from "../../src/local/scheduler/dag_plan.ts";
import { Instances } from "../../src/local/scheduler/instances.ts";
import { instanceName } from "../../src/local/scheduler/instances.ts";
import type { Mapping } from "../../src/local/scheduler/dag_plan.ts";
import { runState } from "../../src/local/scheduler/instances.ts";
import { nextTasks } from "../../src/local/scheduler/next_tasks.ts";

/** A line of testdata/scheduled_graphs.jsonl, which testdata/scheduled_graphs.py writes. */
interface Graph {
  readonly tasks: readonly {
    readonly id: string;
    readonly up: readonly string[];
    readonly rule: string;
    readonly role?: "setup" | "teardown";
    readonly failsRun?: boolean;
    readonly map?: number | string;
    readonly group?: string;
  }[];
  readonly groups: Readonly<Record<string, number | string>>;
  readonly outcomes: Readonly<Record<string, End | readonly End[]>>;
  readonly skips: Readonly<Record<string, readonly string[]>>;
  readonly lengths: Readonly<Record<string, number>>;
  readonly expect: Readonly<Record<string, string | null>>;
  readonly run: string;
}

type End = "success" | "failed" | "skipped";

function planOf({ tasks, groups }: Graph): DagPlan {
  const mapped = Object.entries(groups).map(([groupId, source]): PlannedGroup => ({
    ...{ groupId, displayName: groupId, mapping: mappingOf(source), groups: [] },
    tasks: tasks.filter(({ group }) => group === groupId).map(({ id }) => id),
  }));
  return {
    ...{ dagId: "graph", failFast: false, maxActiveTasks: undefined, params: [] },
    tasks: new Map(
      tasks.map(({ id, up, rule, role, failsRun, map, group }): [string, PlannedTask] => [
        id,
        {
          ...{ taskId: id, displayName: id, work: "bundle", operator: "Work", chooses: false },
          ...{ retries: 0, retryDelay: () => 0, maxActive: Infinity, failsRun: failsRun === true },
          upstream: new Set(up),
          downstream: new Set(tasks.filter((each) => each.up.includes(id)).map((each) => each.id)),
          triggerRule: rule,
          role,
          mapping: map === undefined ? undefined : mappingOf(map),
          mappedGroups: mapped.filter(({ groupId }) => groupId === group),
        },
      ]),
    ),
    root: { groupId: "", displayName: "", mapping: undefined, tasks: [], groups: mapped },
    timetable: { type: "", settings: {} },
    edgeLabels: new Map(),
  };
}

function mappingOf(source: number | string): Mapping {
  return {
    lists: [
      typeof source === "number"
        ? { kind: "literal", length: source }
        : { kind: "result", taskId: source },
    ],
  };
}

/** Runs a graph, all ready tasks at once, whose tasks end in the given states. */
function play(graph: Graph): { states: Record<string, string | null>; run: string } {
  const returned = new Map<string, number>();
  const instances = new Instances(planOf(graph), {
    length: (taskId) => returned.has(taskId) ? graph.lengths[taskId] : undefined,
    count: (taskId) => returned.get(taskId) ?? 0,
  });
  for (let round = 0; round < 40; round++) {
    const { ready, changed } = nextTasks(instances);
    if (ready.length === 0 && !changed) break;
    for (const instance of ready) {
      const { task: { taskId }, mapIndex } = instance;
      // An earlier instance of the same round may have skipped it.
      const outcome = graph.outcomes[taskId] ?? "success";
      instance.state = typeof outcome === "string"
        ? outcome
        : outcome[Math.max(0, mapIndex) % outcome.length] ?? null;
      if (instance.state !== "success") continue;
      returned.set(taskId, (returned.get(taskId) ?? 0) + 1);
      for (const target of instances.all()) {
        const isSkipped = graph.skips[taskId]?.includes(target.task.taskId) ?? false;
        const isOver = target.state === "success" || target.state === "failed";
        if (isSkipped && !isOver) target.state = "skipped";
      }
    }
  }
  const states = instances.all().map(({ task, mapIndex, state }): [string, string | null] => [
    instanceName(task.taskId, mapIndex),
    state,
  ]);
  return { states: Object.fromEntries(states.toSorted()), run: runState(instances) };
}

const GRAPHS = new URL("testdata/scheduled_graphs.jsonl", import.meta.url);

Deno.test("nextTasks(): gives tasks the states that Airflow's scheduler gave them, for each graph", async () => {
  const lines = (await Deno.readTextFile(GRAPHS)).trimEnd().split("\n");
  assert(lines.length >= 400);
  lines.forEach((line, number) => {
    const graph: Graph = JSON.parse(line);
    const { states, run } = play(graph);
    assertEquals(
      { states, run },
      { states: graph.expect, run: graph.run },
      `line ${number + 1}: ${line}`,
    );
  });
});
