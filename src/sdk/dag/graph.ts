/**
 * The graph of a Dag's tasks: the edges of groups resolved to edges of tasks.
 *
 * @module
 */
import { invalid } from "./checks.ts";
import {
  type DagDefinition,
  type Edge,
  type GroupDefinition,
  mappedGroupOf,
  nameOf,
  type NodeDefinition,
  type TaskDefinition,
} from "./definition.ts";
import { at } from "./source_place.ts";

/** The edges of a group, for the UI. */
export interface GroupEdges {
  readonly upstreamGroups: Set<string>;
  readonly downstreamGroups: Set<string>;
  readonly upstreamTasks: Set<string>;
  readonly downstreamTasks: Set<string>;
}

/** The edges of a Dag. */
export interface Graph {
  /** The tasks directly downstream of each task. */
  readonly downstream: ReadonlyMap<TaskDefinition, ReadonlySet<TaskDefinition>>;
  /** The tasks directly upstream of each task. */
  readonly upstream: ReadonlyMap<TaskDefinition, ReadonlySet<TaskDefinition>>;
  readonly groups: ReadonlyMap<GroupDefinition, GroupEdges>;
  /** The labels of edges in the UI, by the ids at their start and end. */
  readonly labels: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/**
 * Resolves the edges of a Dag.
 *
 * @throws {TaskRuntimeError} `INVALID` for an edge to a group without tasks
 */
export function resolveGraph(dag: DagDefinition): Graph {
  const builder = new GraphBuilder(dag);
  const isDirect = ({ upstream, downstream }: Edge): boolean =>
    upstream.kind === "task" && downstream.kind === "task";
  for (const edge of dag.edges) if (isDirect(edge)) builder.add(edge);
  // An edge within a group may change its first and last tasks, so inner edges come first.
  const rest = dag.edges.filter((edge) => !isDirect(edge))
    .toSorted((a, b) => sharedDepth(b) - sharedDepth(a));
  for (const edge of rest) builder.add(edge);
  return builder;
}

class GraphBuilder implements Graph {
  readonly downstream = new Map<TaskDefinition, Set<TaskDefinition>>();
  readonly upstream = new Map<TaskDefinition, Set<TaskDefinition>>();
  readonly groups = new Map<GroupDefinition, GroupEdges>();
  readonly labels = new Map<string, Map<string, string>>();

  constructor(dag: DagDefinition) {
    for (const task of dag.tasks.values()) {
      this.downstream.set(task, new Set());
      this.upstream.set(task, new Set());
    }
    for (const group of [dag.root, ...dag.groups.values()]) {
      this.groups.set(group, {
        upstreamGroups: new Set(),
        downstreamGroups: new Set(),
        upstreamTasks: new Set(),
        downstreamTasks: new Set(),
      });
    }
  }

  add({ upstream, downstream, label }: Edge): void {
    const from = upstream.kind === "task" ? [upstream] : this.#leaves(upstream);
    const to = downstream.kind === "task" ? [downstream] : this.#roots(downstream);
    for (const [end, tasks] of [[upstream, from], [downstream, to]] as const) {
      if (tasks.length === 0) {
        throw invalid(
          `Dag "${end.dag.dagId}"`,
          `an edge connects ${nameOf(end)}${at(end.place)}, which has no tasks`,
        );
      }
    }
    this.#addToGroups(upstream, downstream, from);
    for (const first of from) for (const second of to) this.#link(first, second);
    if (label !== undefined) this.#label(upstream, downstream, label, to);
  }

  #link(first: TaskDefinition, second: TaskDefinition): void {
    this.downstream.get(first)?.add(second);
    this.upstream.get(second)?.add(first);
  }

  /** Adds the edges of groups, which the UI draws instead of those of tasks. */
  #addToGroups(
    upstream: NodeDefinition,
    downstream: NodeDefinition,
    leaves: readonly TaskDefinition[],
  ): void {
    const [up, down] = [this.#edgesOf(upstream), this.#edgesOf(downstream)];
    if (downstream.kind === "task") up?.downstreamTasks.add(downstream.id);
    else up?.downstreamGroups.add(downstream.id);
    if (upstream.kind === "group") down?.upstreamGroups.add(upstream.id);
    for (const leaf of leaves) down?.upstreamTasks.add(leaf.id);
  }

  #edgesOf(node: NodeDefinition): GroupEdges | undefined {
    return node.kind === "group" ? this.groups.get(node) : undefined;
  }

  #label(
    upstream: NodeDefinition,
    downstream: NodeDefinition,
    label: string,
    roots: readonly TaskDefinition[],
  ): void {
    const from = upstream.kind === "task" ? upstream.id : `${upstream.id}.downstream_join_id`;
    const to = downstream.kind === "task" ? downstream.id : `${downstream.id}.upstream_join_id`;
    const labels = this.labels.get(from) ?? new Map<string, string>();
    labels.set(to, label);
    // The UI also shows the label of a task's edge on the edges into an expanded group.
    if (upstream.kind === "task") { for (const root of roots) labels.set(root.id, label); }
    this.labels.set(from, labels);
  }

  #roots(group: GroupDefinition): TaskDefinition[] {
    const tasks = new Set(tasksIn(group));
    return [...tasks].filter((task) => !intersects(this.upstream.get(task), tasks));
  }

  /** Returns the last tasks of a group; instead of a teardown, the tasks before it. */
  #leaves(group: GroupDefinition): TaskDefinition[] {
    const tasks = new Set(tasksIn(group));
    const found = new Set<TaskDefinition>();
    for (const task of tasks) {
      if (intersects(this.downstream.get(task), tasks)) continue;
      if (task.role === "teardown") this.#beforeTeardown(task, tasks, found);
      else found.add(task);
    }
    return [...found];
  }

  #beforeTeardown(
    task: TaskDefinition,
    tasks: ReadonlySet<TaskDefinition>,
    found: Set<TaskDefinition>,
  ): void {
    for (const before of this.upstream.get(task) ?? []) {
      if (!tasks.has(before)) continue;
      if (before.role === "teardown") this.#beforeTeardown(before, tasks, found);
      else if (before.role !== "setup") {
        const hasWorkDownstream = [...this.downstream.get(before) ?? []].some((each) =>
          each !== task && tasks.has(each) && each.role !== "teardown"
        );
        if (!hasWorkDownstream) found.add(before);
      }
    }
  }
}

/** Yields all tasks in a group and its inner groups. */
export function* tasksIn(group: GroupDefinition): Generator<TaskDefinition> {
  for (const child of group.children) {
    if (child.kind === "task") yield child;
    else yield* tasksIn(child);
  }
}

/** Finds a cycle, the first task also at its end; undefined when the graph has no cycle. */
function findCycle(graph: Graph): readonly TaskDefinition[] | undefined {
  const done = new Set<TaskDefinition>();
  for (const start of graph.downstream.keys()) {
    // An explicit stack: recursion would overflow with a chain of thousands of tasks.
    const path: TaskDefinition[] = [];
    const onPath = new Set<TaskDefinition>();
    const stack: { task: TaskDefinition; leave: boolean }[] = [{ task: start, leave: false }];
    for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
      const { task, leave } = step;
      if (leave) {
        path.pop();
        onPath.delete(task);
        done.add(task);
        continue;
      }
      if (onPath.has(task)) return [...path.slice(path.indexOf(task)), task];
      if (done.has(task)) continue;
      path.push(task);
      onPath.add(task);
      stack.push({ task, leave: true });
      for (const next of graph.downstream.get(task) ?? []) stack.push({ task: next, leave: false });
    }
  }
  return undefined;
}

/** Finds all tasks downstream of `tasks`. */
export function allDownstream(graph: Graph, tasks: Iterable<TaskDefinition>): Set<TaskDefinition> {
  const found = new Set<TaskDefinition>();
  const open = [...tasks];
  for (let task = open.pop(); task !== undefined; task = open.pop()) {
    for (const next of graph.downstream.get(task) ?? []) {
      if (found.has(next)) continue;
      found.add(next);
      open.push(next);
    }
  }
  return found;
}

function intersects<T>(some: ReadonlySet<T> | undefined, others: ReadonlySet<T>): boolean {
  return some !== undefined && !some.isDisjointFrom(others);
}

/** Returns the depth of the innermost group that contains both ends of an edge. */
function sharedDepth({ upstream, downstream }: Edge): number {
  const [a, b] = [pathOf(upstream), pathOf(downstream)];
  let depth = 0;
  while (depth < a.length && a[depth] === b[depth]) depth++;
  return depth;
}

function pathOf(node: NodeDefinition): GroupDefinition[] {
  const path: GroupDefinition[] = [];
  const start = node.kind === "task" ? node.group : node.parent;
  for (let group = start; group !== undefined; group = group.parent) path.unshift(group);
  return path;
}

/**
 * Checks a Dag and returns the graph of its tasks.
 *
 * @throws {TaskRuntimeError} `INVALID` for a task that was not called, a cycle, a branch without
 * targets, or a trigger rule that Airflow refuses
 */
export function checkGraph(dag: DagDefinition): Graph {
  const what = `Dag "${dag.dagId}"`;
  checkAllCalled(dag);
  for (const task of dag.tasks.values()) {
    const { branch } = task;
    const isEmpty = branch?.kind === "if" && branch.then.length + branch.otherwise.length === 0 ||
      branch?.kind === "switch" && branch.cases.length === 0 && branch.fallback === undefined;
    if (isEmpty) {
      throw invalid(
        what,
        `the branch after ${nameOf(task)}${at(task.place)} has no targets`,
      );
    }
  }
  const graph = resolveGraph(dag);
  for (const task of dag.tasks.values()) checkTriggerRule(task, graph);
  const cycle = findCycle(graph);
  if (cycle !== undefined) {
    const path = cycle.map((task) => `"${task.id}"${at(task.place)}`).join(" → ");
    throw invalid(what, `its tasks form a cycle: ${path}`);
  }
  return graph;
}

/** Checks Airflow's limits on trigger rules: after a setup, and in a mapped group. */
function checkTriggerRule(task: TaskDefinition, graph: Graph): void {
  const { triggerRule = "all_success" } = task.options;
  const what = `${nameOf(task)}${at(task.place)}`;
  if (triggerRule === "always" && mappedGroupOf(task) !== undefined) {
    throw invalid(what, 'in a mapped group its trigger rule cannot be "always"');
  }
  if (triggerRule === "all_success" || task.role === "teardown") return;
  for (const before of graph.upstream.get(task) ?? []) {
    if (before.role !== "setup") continue;
    throw invalid(
      what,
      `directly after the setup "${before.id}", its trigger rule cannot be "${triggerRule}"`,
    );
  }
}

/** Checks that each task has been called. */
function checkAllCalled(dag: DagDefinition): void {
  const open = [...dag.tasks.values()].filter((task) => task.inputs === undefined);
  if (open.length === 0) return;
  const names = open.map((task) => `${nameOf(task)}${at(task.place)}`).join(", ");
  throw invalid(`Dag "${dag.dagId}"`, `some tasks were defined but never called: ${names}`);
}
