/**
 * Boxes in layers: each to the right of all that lead to it, with few crossings.
 *
 * @module
 */

/** A box to place, in pixels. */
export interface Box {
  /** Its id. */
  readonly id: string;
  /** Its width. */
  readonly width: number;
  /** Its height. */
  readonly height: number;
}

/** A place, in pixels. */
export interface Point {
  /** To the right. */
  readonly x: number;
  /** Down. */
  readonly y: number;
}

/** An edge from one box to another. */
export type BoxEdge = readonly [from: string, to: string];

/** Where the boxes are. */
export interface Layers {
  /** The upper left corner of each box. */
  readonly corners: ReadonlyMap<string, Point>;
  /** The points that an edge over several layers goes through, by {@linkcode edgeKey}. */
  readonly bends: ReadonlyMap<string, readonly Point[]>;
  /** The width of all. */
  readonly width: number;
  /** The height of all. */
  readonly height: number;
}

const LAYER_GAP = 64;
const BOX_GAP = 22;
/** Odd: the last one goes forth, so that what is chosen from lies in the order of the choosers. */
const SWEEPS = 9;

/** A box in its layer, or the point at which a long edge goes through it. */
interface Cell extends Box {
  readonly layer: number;
  readonly before: Cell[];
  readonly behind: Cell[];
  middle: number;
}

/** The name of an edge. */
export function edgeKey(from: string, to: string): string {
  return JSON.stringify([from, to]);
}

/** Places the boxes. The edges must make no cycle. */
export function layOut(boxes: readonly Box[], edges: readonly BoxEdge[]): Layers {
  const layerOf = longestPaths(boxes, edges);
  const cells = new Map(boxes.map((box): [string, Cell] => [
    box.id,
    { ...box, layer: layerOf.get(box.id) ?? 0, before: [], behind: [], middle: 0 },
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

/** Links two boxes, with a point in each layer between; returns these points. */
function chain(from: Cell | undefined, to: Cell | undefined, enter: (cell: Cell) => void): Cell[] {
  if (from === undefined || to === undefined) return [];
  const points: Cell[] = [];
  let last = from;
  for (let layer = from.layer + 1; layer <= to.layer; layer++) {
    const next: Cell = layer === to.layer
      ? to
      : { id: "", width: 0, height: 4, layer, before: [], behind: [], middle: 0 };
    if (next !== to) {
      enter(next);
      points.push(next);
    }
    last.behind.push(next);
    next.before.push(last);
    last = next;
  }
  return points;
}

/** Sorts each layer by the mean place of what its boxes are linked to, there and back. */
function order(layers: readonly Cell[][]): void {
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const forth = sweep % 2 === 0;
    for (const layer of forth ? layers : layers.toReversed()) {
      const place = new Map(layers.flatMap((each) => each.map((cell, at) => [cell, at] as const)));
      const mean = new Map(layer.map((cell, at): [Cell, number] => {
        const linked = forth ? cell.before : cell.behind;
        const sum = linked.reduce((total, other) => total + (place.get(other) ?? 0), 0);
        return [cell, linked.length === 0 ? at : sum / linked.length];
      }));
      layer.sort((a, b) => (mean.get(a) ?? 0) - (mean.get(b) ?? 0));
    }
  }
}

/** Moves each box towards those it is linked to, as far as its neighbours let it. */
function settle(layers: readonly Cell[][]): void {
  for (const layer of layers) spread(layer, () => 0);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const layer of sweep % 2 === 0 ? layers : layers.toReversed()) {
      spread(layer, (cell) => {
        const linked = sweep % 2 === 0 ? cell.before : cell.behind;
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
  // What was pushed down comes back by half: the layer as a whole stays where it wants to be.
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
      // Straight through the layer, so that an edge touches no box beside it.
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
