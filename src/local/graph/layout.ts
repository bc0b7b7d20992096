/**
 * The layout of a Dag's picture: the places of tasks, groups and edges.
 *
 * @module
 */

import type { DagPlan, PlannedGroup, PlannedTask } from "../scheduler/dag_plan.ts";
import { textWidth } from "../report/table.ts";

/** A task or a group and its place, in pixels. */
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

/** An edge and the points on its way. */
export interface PlacedEdge {
  /** The upstream task. */
  readonly from: string;
  /** The downstream task. */
  readonly to: string;
  /** The points from the upstream task to the downstream task. */
  readonly points: readonly Point[];
}

/** The layout of a Dag, in pixels. */
export interface PlanLayout {
  /** The tasks. */
  readonly tasks: readonly Placed<PlannedTask>[];
  /** The groups, outer ones first. */
  readonly groups: readonly Placed<PlannedGroup>[];
  /** The edges. */
  readonly edges: readonly PlacedEdge[];
  /** The total width. */
  readonly width: number;
  /** The total height. */
  readonly height: number;
}

const CHARACTER = 7.6;
const SMALL_CHARACTER = 6.4;
const TASK_HEIGHT = 46;
const MIN_WIDTH = 110;
const PADDING = 18;
/** The height of a group's title. */
const TITLE = 26;

interface Inside {
  readonly group: PlannedGroup;
  readonly layers: Layers;
  readonly width: number;
  readonly height: number;
  readonly inner: ReadonlyMap<string, Inside>;
}

/**
 * Lays out a Dag: each group by itself, and then as one box of the group around it. A task is wide
 * enough for its name and the text of `about`.
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

/** The text in the box of a task; mapped tasks have the mark `[ ]`. */
export function nameIn({ displayName, mapping }: PlannedTask): string {
  return mapping === undefined ? displayName : `${displayName} [ ]`;
}

/** A box to place, in pixels. */
export interface Box {
  /** Its id. */
  readonly id: string;
  /** Its width. */
  readonly width: number;
  /** Its height. */
  readonly height: number;
}

/** A point, in pixels. */
export interface Point {
  /** The distance from the left. */
  readonly x: number;
  /** The distance from the top. */
  readonly y: number;
}

/** An edge from one box to another. */
export type BoxEdge = readonly [from: string, to: string];

/** The places of boxes in layers. */
export interface Layers {
  /** The upper left corner of each box. */
  readonly corners: ReadonlyMap<string, Point>;
  /** The points on the way of an edge, by {@linkcode edgeKey}. */
  readonly bends: ReadonlyMap<string, readonly Point[]>;
  /** The total width. */
  readonly width: number;
  /** The total height. */
  readonly height: number;
}

const LAYER_GAP = 64;
const BOX_GAP = 22;
/** Odd, so that the last sweep goes downstream and tasks follow the order of their upstream tasks. */
const SWEEPS = 9;

/** A box in its layer, or a point at which a long edge crosses the layer. */
interface Cell extends Box {
  readonly layer: number;
  readonly upstream: Cell[];
  readonly downstream: Cell[];
  middle: number;
}

/** The key of an edge. */
export function edgeKey(from: string, to: string): string {
  return JSON.stringify([from, to]);
}

/** Places boxes in layers: each box is to the right of its upstream boxes. Edges form no cycle. */
export function layOut(boxes: readonly Box[], edges: readonly BoxEdge[]): Layers {
  const layerOf = longestPaths(boxes, edges);
  const cells = new Map(boxes.map((box): [string, Cell] => [
    box.id,
    { ...box, layer: layerOf.get(box.id) ?? 0, upstream: [], downstream: [], middle: 0 },
  ]));
  const layers: Cell[][] = [];
  const enter = (cell: Cell): void => void (layers[cell.layer] ??= []).push(cell);
  for (const cell of cells.values()) enter(cell);
  const chains = new Map(edges.map(([from, to]): [string, Cell[]] => [
    edgeKey(from, to),
    chain(cells.get(from), cells.get(to), enter),
  ]));
  order(layers);
  settle(layers);
  return measured(layers, chains);
}

function longestPaths(boxes: readonly Box[], edges: readonly BoxEdge[]): Map<string, number> {
  const before = Map.groupBy(edges, ([, to]) => to);
  const found = new Map<string, number>();
  const layer = (id: string): number => {
    const known = found.get(id);
    if (known !== undefined) return known;
    found.set(id, 0);
    const own = Math.max(0, ...(before.get(id) ?? []).map(([from]) => layer(from) + 1));
    found.set(id, own);
    return own;
  };
  for (const { id } of boxes) layer(id);
  return found;
}

/** Links two boxes through a point in each layer between; returns these points. */
function chain(from: Cell | undefined, to: Cell | undefined, enter: (cell: Cell) => void): Cell[] {
  if (from === undefined || to === undefined) return [];
  const points: Cell[] = [];
  let last = from;
  for (let layer = from.layer + 1; layer <= to.layer; layer++) {
    const next: Cell = layer === to.layer
      ? to
      : { id: "", width: 0, height: 4, layer, upstream: [], downstream: [], middle: 0 };
    if (next !== to) {
      enter(next);
      points.push(next);
    }
    last.downstream.push(next);
    next.upstream.push(last);
    last = next;
  }
  return points;
}

/** Sorts each layer by the mean places of linked boxes, downstream and back. */
function order(layers: readonly Cell[][]): void {
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const forth = sweep % 2 === 0;
    for (const layer of forth ? layers : layers.toReversed()) {
      const place = new Map(layers.flatMap((each) => each.map((cell, at) => [cell, at] as const)));
      const mean = new Map(layer.map((cell, at): [Cell, number] => {
        const linked = forth ? cell.upstream : cell.downstream;
        const sum = linked.reduce((total, other) => total + (place.get(other) ?? 0), 0);
        return [cell, linked.length === 0 ? at : sum / linked.length];
      }));
      layer.sort((a, b) => (mean.get(a) ?? 0) - (mean.get(b) ?? 0));
    }
  }
}

/** Moves each box towards its linked boxes, as far as its neighbors allow. */
function settle(layers: readonly Cell[][]): void {
  for (const layer of layers) spread(layer, () => 0);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const layer of sweep % 2 === 0 ? layers : layers.toReversed()) {
      spread(layer, (cell) => {
        const linked = sweep % 2 === 0 ? cell.upstream : cell.downstream;
        if (linked.length === 0) return cell.middle;
        return linked.reduce((sum, { middle }) => sum + middle, 0) / linked.length;
      });
    }
  }
}

function spread(layer: readonly Cell[], wanted: (cell: Cell) => number): void {
  const wishes = layer.map(wanted);
  let edge = -Infinity;
  layer.forEach((cell, at) => {
    cell.middle = Math.max(wishes[at] ?? 0, edge + cell.height / 2);
    edge = cell.middle + cell.height / 2 + BOX_GAP;
  });
  // Moves the layer back by the mean shift, so that its boxes stay near their wanted places.
  const off = layer.reduce((sum, cell, at) => sum + cell.middle - (wishes[at] ?? 0), 0) /
    Math.max(1, layer.length);
  for (const cell of layer) cell.middle -= off;
}

function measured(
  layers: readonly Cell[][],
  chains: ReadonlyMap<string, readonly Cell[]>,
): Layers {
  const all = layers.flat();
  const top = Math.min(0, ...all.map((cell) => cell.middle - cell.height / 2));
  const height = Math.max(0, ...all.map((cell) => cell.middle + cell.height / 2)) - top;
  const corners = new Map<string, Point>();
  const points = new Map<Cell, readonly Point[]>();
  let x = 0;
  for (const layer of layers) {
    const width = Math.max(0, ...layer.map((cell) => cell.width));
    for (const cell of layer) {
      // An edge crosses a layer horizontally, so that it touches no box.
      const y = cell.middle - top;
      points.set(cell, [{ x, y }, { x: x + width, y }]);
      if (cell.id === "") continue;
      const left = x + (width - cell.width) / 2;
      corners.set(cell.id, { x: left, y: cell.middle - cell.height / 2 - top });
    }
    x += width + LAYER_GAP;
  }
  const bends = new Map(
    [...chains].map(([key, cells]) => [key, cells.flatMap((cell) => [...points.get(cell) ?? []])]),
  );
  return { corners, bends, width: Math.max(0, x - LAYER_GAP), height };
}
