/**
 * Where the tasks of a Dag, its groups and its edges are in a picture.
 *
 * @module
 */

import type { DagPlan, PlannedGroup, PlannedTask } from "../scheduler/dag_plan.ts";
import { textWidth } from "../report/table.ts";
import { type BoxEdge, edgeKey, type Layers, layOut, type Point } from "./layers.ts";

/** A task or a group with its place, in pixels. */
export interface Placed<Item> {
  /** The task or the group. */
  readonly item: Item;
  /** Its left edge. */
  readonly x: number;
  /** Its upper edge. */
  readonly y: number;
  /** Its width. */
  readonly width: number;
  /** Its height. */
  readonly height: number;
}

/** An edge with the points that it goes through. */
export interface PlacedEdge {
  /** The task before. */
  readonly from: string;
  /** The task behind. */
  readonly to: string;
  /** From the right of the one to the left of the other. */
  readonly points: readonly Point[];
}

/** The picture of a Dag, in pixels. */
export interface PlanLayout {
  /** The tasks. */
  readonly tasks: readonly Placed<PlannedTask>[];
  /** The groups, outer ones first. */
  readonly groups: readonly Placed<PlannedGroup>[];
  /** The edges. */
  readonly edges: readonly PlacedEdge[];
  /** The width of all. */
  readonly width: number;
  /** The height of all. */
  readonly height: number;
}

const CHARACTER = 7.6;
const SMALL_CHARACTER = 6.4;
const TASK_HEIGHT = 46;
const MIN_WIDTH = 110;
const PADDING = 18;
/** The room for a group's name. */
const TITLE = 26;

interface Inside {
  readonly group: PlannedGroup;
  readonly layers: Layers;
  readonly width: number;
  readonly height: number;
  readonly inner: ReadonlyMap<string, Inside>;
}

/**
 * Lays the Dag out: each group by itself, and then as one box among those around it. A task has room
 * for its name and the line that `about` says.
 */
export function layOutPlan(plan: DagPlan, about: (task: PlannedTask) => string): PlanLayout {
  const widths = new Map([...plan.tasks].map(([taskId, task]) => [taskId, widthOf(task, about)]));
  const paths = new Map<string, readonly string[]>();
  const note = (group: PlannedGroup, path: readonly string[]): void => {
    for (const taskId of group.tasks) paths.set(taskId, [...path, `task:${taskId}`]);
    for (const inner of group.groups) note(inner, [...path, `group:${inner.groupId}`]);
  };
  note(plan.root, []);
  const edges = [...plan.tasks.values()].flatMap(({ taskId, downstream }) =>
    [...downstream].map((to): BoxEdge => [taskId, to])
  );
  const root = arrange(plan, plan.root, { edges, paths, widths, depth: 0 });
  const tasks: Placed<PlannedTask>[] = [];
  const groups: Placed<PlannedGroup>[] = [];
  const bends = new Map<string, readonly Point[]>();
  place(plan, root, { x: 0, y: 0 }, { tasks, groups, bends, widths });
  const placed = new Map(tasks.map((task) => [task.item.taskId, task]));
  return {
    tasks,
    groups,
    edges: edges.flatMap((edge) => route(edge, { placed, paths, bends })),
    width: root.width,
    height: root.height,
  };
}

interface Links {
  readonly edges: readonly BoxEdge[];
  readonly paths: ReadonlyMap<string, readonly string[]>;
  readonly widths: ReadonlyMap<string, number>;
  readonly depth: number;
}

function arrange(plan: DagPlan, group: PlannedGroup, links: Links): Inside {
  const { edges, paths, widths, depth } = links;
  const inner = new Map(group.groups.map((each): [string, Inside] => [
    `group:${each.groupId}`,
    arrange(plan, each, { ...links, depth: depth + 1 }),
  ]));
  const boxes = [
    ...group.tasks.map((taskId) => ({
      ...{ id: `task:${taskId}`, height: TASK_HEIGHT },
      width: widths.get(taskId) ?? MIN_WIDTH,
    })),
    ...[...inner].map(([id, { width, height }]) => ({ id, width, height })),
  ];
  const own = new Set(boxes.map(({ id }) => id));
  const lifted = new Map(edges.flatMap(([from, to]): [string, BoxEdge][] => {
    const [a = "", b = ""] = [paths.get(from)?.[depth], paths.get(to)?.[depth]];
    return a !== b && own.has(a) && own.has(b) ? [[edgeKey(a, b), [a, b]]] : [];
  }));
  const layers = layOut(boxes, [...lifted.values()]);
  const isRoot = depth === 0;
  const title = textWidth(group.displayName) * CHARACTER + 70;
  return {
    ...{ group, layers, inner },
    width: isRoot ? layers.width : Math.max(layers.width, title) + 2 * PADDING,
    height: isRoot ? layers.height : layers.height + 2 * PADDING + TITLE,
  };
}

interface Places {
  readonly tasks: Placed<PlannedTask>[];
  readonly groups: Placed<PlannedGroup>[];
  readonly bends: Map<string, readonly Point[]>;
  readonly widths: ReadonlyMap<string, number>;
}

function place(plan: DagPlan, inside: Inside, at: Point, places: Places): void {
  const { group, layers, inner, width, height } = inside;
  const isRoot = group === plan.root;
  const origin = isRoot ? at : { x: at.x + PADDING, y: at.y + PADDING + TITLE };
  if (!isRoot) places.groups.push({ item: group, ...at, width, height });
  for (const taskId of group.tasks) {
    const corner = layers.corners.get(`task:${taskId}`);
    const task = plan.tasks.get(taskId);
    if (corner === undefined || task === undefined) continue;
    const size = places.widths.get(taskId) ?? MIN_WIDTH;
    const moved = { x: origin.x + corner.x, y: origin.y + corner.y };
    places.tasks.push({ item: task, ...moved, width: size, height: TASK_HEIGHT });
  }
  for (const [key, points] of layers.bends) {
    places.bends.set(key, points.map(({ x, y }) => ({ x: x + origin.x, y: y + origin.y })));
  }
  for (const [id, each] of inner) {
    const corner = layers.corners.get(id);
    if (corner === undefined) continue;
    place(plan, each, { x: origin.x + corner.x, y: origin.y + corner.y }, places);
  }
}

function route(
  [from, to]: BoxEdge,
  { placed, paths, bends }: {
    readonly placed: ReadonlyMap<string, Placed<PlannedTask>>;
    readonly paths: ReadonlyMap<string, readonly string[]>;
    readonly bends: ReadonlyMap<string, readonly Point[]>;
  },
): PlacedEdge[] {
  const [a, b] = [placed.get(from), placed.get(to)];
  if (a === undefined || b === undefined) return [];
  const [pathA = [], pathB = []] = [paths.get(from), paths.get(to)];
  const depth = pathA.findIndex((part, at) => part !== pathB[at]);
  const between = bends.get(edgeKey(pathA[depth] ?? "", pathB[depth] ?? "")) ?? [];
  const start = { x: a.x + a.width, y: a.y + a.height / 2 };
  const end = { x: b.x, y: b.y + b.height / 2 };
  return [{ from, to, points: [start, ...between, end] }];
}

function widthOf(task: PlannedTask, about: (task: PlannedTask) => string): number {
  const [name, below] = [textWidth(nameIn(task)), textWidth(about(task))];
  return Math.max(MIN_WIDTH, name * CHARACTER + 44, below * SMALL_CHARACTER + 46);
}

/** What stands in a task's box; a mapped one has its mark. */
export function nameIn({ displayName, mapping }: PlannedTask): string {
  return mapping === undefined ? displayName : `${displayName} [ ]`;
}
