/**
 * The nodes of a Dag: tasks and task groups, and the order edges between them.
 *
 * @module
 */
import type { NodeDefinition } from "./definition.ts";
import { invalid } from "./checks.ts";
import { at } from "./source_place.ts";
import { nameOf } from "./definition.ts";

/** A task or a task group: what can run before or after another. */
export interface DagNode {
  /** Draws order edges: this runs before `nodes`. */
  before(...nodes: readonly (DagNode | EdgeOptions)[]): this;
  /** Draws order edges: this runs after `nodes`. */
  after(...nodes: readonly (DagNode | EdgeOptions)[]): this;
}

/** Options of an order edge. */
export interface EdgeOptions {
  /** The label in the UI. */
  label?: string;
}

// A WeakMap instead of a property: the objects that authors hold show no internals.
const definitions = new WeakMap<object, NodeDefinition>();

/** Binds a node to its definition. */
export function bindNode(node: DagNode, definition: NodeDefinition): void {
  definitions.set(node, definition);
}

/** Returns the definition of a node; undefined for any other value. */
export function findNode(value: unknown): NodeDefinition | undefined {
  return typeof value === "object" && value !== null ? definitions.get(value) : undefined;
}

/**
 * Returns the definition of a node.
 *
 * @throws {TaskRuntimeError} `INVALID` for any other value
 */
export function definitionOf(node: unknown): NodeDefinition {
  const definition = findNode(node);
  if (definition !== undefined) return definition;
  throw invalid("the order of tasks", "each node must be a called task or a task group");
}

/** Draws order edges between `node` and others. */
export function drawOrder(
  node: DagNode,
  side: "before" | "after",
  others: readonly (DagNode | EdgeOptions)[],
): void {
  const self = definitionOf(node);
  const last = others.at(-1);
  const hasOptions = last !== undefined && isOptions(last);
  const { label } = hasOptions ? last : {};
  for (const each of hasOptions ? others.slice(0, -1) : others) {
    const other = checkNode(`the order of ${nameOf(self)}`, each, self);
    const [upstream, downstream] = side === "before" ? [self, other] : [other, self];
    self.dag.edges.push({ upstream, downstream, ...(label === undefined ? {} : { label }) });
  }
}

function isOptions(value: DagNode | EdgeOptions): value is EdgeOptions {
  return Object.getPrototypeOf(value) === Object.prototype;
}

/** Returns the definition of `node`, which must be another node of the Dag of `self`. */
export function checkNode(what: string, node: object, self: NodeDefinition): NodeDefinition {
  const other = definitionOf(node);
  if (other.dag !== self.dag) {
    throw invalid(
      what,
      `${nameOf(other)}${at(other.place)} belongs to another Dag`,
    );
  }
  if (other === self) throw invalid(what, "it cannot run before or after itself");
  return other;
}
