/**
 * What can be ordered in a Dag: tasks and groups of them.
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

/** What there is to say of an order edge. */
export interface EdgeOptions {
  /** What the UI writes on it. */
  label?: string;
}

// What authors hold shows nothing of its inside.
const definitions = new WeakMap<object, NodeDefinition>();

/** Remembers the definition behind a node. */
export function setDefinition(node: DagNode, definition: NodeDefinition): void {
  definitions.set(node, definition);
}

/** The definition behind what may be a node. */
export function findDefinition(value: object): NodeDefinition | undefined {
  return definitions.get(value);
}

/** The definition behind a node. */
export function definitionOfNode(node: object): NodeDefinition {
  const definition = definitions.get(node);
  if (definition !== undefined) return definition;
  throw invalid("the order of tasks", "it names what is no task and no group");
}

/** Draws order edges from `node` to others, or from them to it. */
export function drawOrder(
  node: DagNode,
  side: "before" | "after",
  others: readonly (DagNode | EdgeOptions)[],
): void {
  const self = definitionOfNode(node);
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

/** The definition behind `node`, which must be one of the same Dag as `self`, and another. */
export function checkNode(what: string, node: object, self: NodeDefinition): NodeDefinition {
  const other = definitionOfNode(node);
  if (other.dag !== self.dag) {
    throw invalid(
      what,
      `${nameOf(other)}${at(other.place)} is of another Dag, "${other.dag.dagId}"`,
    );
  }
  if (other === self) throw invalid(what, "it would run before itself");
  return other;
}
