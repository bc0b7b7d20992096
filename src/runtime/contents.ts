/**
 * What a bundle holds: handlers, Dags, and the files of Dags that are still to be loaded.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import { Dag, definitionOf, handlersOf } from "../sdk/dag/dag.ts";
import type { DagFile, DagFileContext, Registered } from "../sdk/dag/dag_file.ts";
import type { DagDefinition } from "../sdk/dag/definition.ts";
import { type ParamDefinitions, readParams } from "../sdk/dag/param.ts";
import { HandlerRegistry } from "../sdk/handler_registry.ts";
import { TaskHandler } from "../sdk/task_handler.ts";
import { checkDefaults } from "./serialize_dag/param.ts";

/** Collects what a bundle registers. */
export class Contents {
  /** The handlers, those of its Dags among them. */
  readonly handlers = new HandlerRegistry();
  readonly #dags = new Map<string, DagDefinition>();
  readonly #files: DagFile[] = [];

  /**
   * Adds a Dag, a handler, or a file that is loaded when it is needed.
   *
   * @throws {TaskRuntimeError} `CONFLICT` when a task has a handler already, or there is a Dag of
   * this id; `INVALID` for a Dag that is not whole
   */
  add(part: Registered | DagFile): void {
    if (part instanceof TaskHandler) this.handlers.add(part);
    else if (part instanceof Dag) this.#addDag(part);
    else if (typeof part === "function") this.#files.push(part);
    else {
      throw new TaskRuntimeError(
        "INVALID",
        "Cannot register what is no Dag, no TaskHandler and no function that loads some",
      );
    }
  }

  #addDag(dag: Dag<ParamDefinitions>): void {
    const definition = definitionOf(dag);
    if (this.#dags.has(dag.dagId)) {
      throw new TaskRuntimeError(
        "CONFLICT",
        `Cannot register Dag "${dag.dagId}": the bundle has one of this id already`,
      );
    }
    dag.check();
    checkParams(definition);
    this.handlers.add(...handlersOf(dag));
    this.#dags.set(dag.dagId, definition);
  }

  /** The Dags that it defines whole, by id. */
  get dags(): ReadonlyMap<string, DagDefinition> {
    return this.#dags;
  }

  /**
   * Loads the files of Dags, one after the other, until `isEnough`; resolves to what they threw.
   */
  async load(
    context: DagFileContext,
    isEnough: () => boolean = () => false,
  ): Promise<readonly unknown[]> {
    const thrown: unknown[] = [];
    while (this.#files.length > 0 && !isEnough()) {
      try {
        this.#addLoaded(await this.#files.shift()?.(context));
      } catch (error) {
        thrown.push(error);
      }
    }
    return thrown;
  }

  /** A Dag, a list of them, or a module that exports some. */
  #addLoaded(loaded: unknown): void {
    const parts = isPart(loaded) ? [loaded] : Object.values(Object(loaded));
    for (const part of new Set(parts)) if (isPart(part)) this.add(part);
  }
}

/** The check of defaults by their schemas, which the Dag itself does not bring. */
function checkParams({ dagId, options, tasks }: DagDefinition): void {
  const what = `Dag "${dagId}"`;
  checkDefaults(readParams(what, options.params), what);
  for (const { id, options: { params } } of tasks.values()) {
    const task = `task "${dagId}.${id}"`;
    checkDefaults(readParams(task, params), task);
  }
}

function isPart(value: unknown): value is Registered {
  return value instanceof Dag || value instanceof TaskHandler;
}
