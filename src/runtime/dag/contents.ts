/**
 * The contents of a bundle: handlers, Dags, and loader functions.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import { HandlerRegistry } from "../../sdk/handler_registry.ts";
import { TaskHandler } from "../../sdk/task_handler.ts";
import type { DagLoader, DagLoaderContext, Registered } from "./dag_loader.ts";
import { type DagPart, dagPartOf } from "./dag_part.ts";

/** The ids of the Dags that each loader function returned, in the order of registration. */
export type LoadedDagIds = readonly (readonly string[])[];

/** The global symbol under which a packed bundle has what its loader functions returned to `pack`. */
export const LOADED_DAG_IDS = "airflow-task-runtime.loaded-dag-ids";

/** Starts what loads a file, and settles as that does, or earlier. */
export type LoadingRace = <T>(load: () => Promise<T>) => Promise<T>;

/** Collects what a bundle registers. */
export class Contents {
  /** The handlers, including those of the bundle's own Dags. */
  readonly handlers = new HandlerRegistry();
  readonly #dags = new Map<string, DagPart>();
  readonly #loaders: DagLoader[] = [];
  readonly #loaded = new Map<DagLoader, readonly string[]>();
  readonly #hints: LoadedDagIds;

  /** Makes empty contents; `hints` are what the loader functions returned to `pack`. */
  constructor(hints: LoadedDagIds = []) {
    this.#hints = hints;
  }

  /**
   * Adds a Dag, a handler, or a loader function, which runs when it is needed.
   *
   * @throws {TaskRuntimeError} `CONFLICT` when a task has a handler already, or a Dag of this id is
   * registered; `INVALID` for an incomplete Dag
   */
  add(part: Registered | DagLoader): void {
    const dag = dagPartOf(part);
    if (part instanceof TaskHandler) this.handlers.add(part);
    else if (dag !== undefined) this.#addDag(dag);
    else if (typeof part === "function") this.#loaders.push(part);
    else {
      throw new TaskRuntimeError(
        "INVALID",
        `Cannot register a value: it must be a Dag, a TaskHandler or a loader function, got ${
          part === null ? "null" : typeof part
        }`,
      );
    }
  }

  #addDag(dag: DagPart): void {
    const { dagId } = dag.definition;
    if (this.#dags.has(dagId)) {
      throw new TaskRuntimeError(
        "CONFLICT",
        `Cannot register Dag "${dagId}": the bundle already has a Dag of this id`,
      );
    }
    this.handlers.add(...dag.handlers());
    this.#dags.set(dagId, dag);
  }

  /** The Dags that the bundle defines, by id. */
  get dags(): ReadonlyMap<string, DagPart> {
    return this.#dags;
  }

  /** The Dag ids that the loader functions have returned so far. */
  get loadedDagIds(): LoadedDagIds {
    return this.#loaders.map((loader) => this.#loaded.get(loader) ?? []);
  }

  /** Runs all loader functions; resolves to the errors. `race` may reject while a loader runs. */
  async loadAll(context: DagLoaderContext, race?: LoadingRace): Promise<readonly unknown[]> {
    return await this.#load(this.#loaders, context, () => false, race);
  }

  /**
   * Runs loader functions until the bundle has a handler of the task; resolves to the errors. The
   * ones that returned the task's Dag to `pack` come first.
   */
  async loadTask(
    dagId: string,
    taskId: string,
    context: DagLoaderContext,
  ): Promise<readonly unknown[]> {
    const isHinted = (_: DagLoader, i: number): boolean => this.#hints[i]?.includes(dagId) === true;
    const hinted = this.#loaders.filter(isHinted);
    const order = new Set([...hinted, ...this.#loaders]);
    return await this.#load(order, context, () => this.handlers.find(dagId, taskId) !== undefined);
  }

  async #load(
    loaders: Iterable<DagLoader>,
    context: DagLoaderContext,
    isEnough: () => boolean,
    race: LoadingRace = (load) => load(),
  ): Promise<readonly unknown[]> {
    const errors: unknown[] = [];
    for (const loader of loaders) {
      if (isEnough()) break;
      if (this.#loaded.has(loader)) continue;
      this.#loaded.set(loader, []);
      try {
        const parts = partsIn(await race(async () => await loader(context)));
        this.#loaded.set(loader, [...new Set(parts.map(({ dagId }) => dagId))]);
        for (const part of parts) this.add(part);
      } catch (error) {
        errors.push(error);
      }
    }
    return errors;
  }
}

/** Reads what `pack` wrote into the bundle about its loader functions; empty when it wrote nothing. */
export function packedDagIds(): LoadedDagIds {
  const packed: unknown = Reflect.get(globalThis, Symbol.for(LOADED_DAG_IDS));
  return isListOfLists(packed) ? packed : [];
}

function isListOfLists(value: unknown): value is LoadedDagIds {
  return Array.isArray(value) && value.every((ids) => Array.isArray(ids));
}

/** The parts in what a loader returned: a Dag, a list, or a module that exports some. */
function partsIn(loaded: unknown): Registered[] {
  const values = isRegistered(loaded) ? [loaded] : Object.values(Object(loaded));
  return [...new Set(values)].filter(isRegistered);
}

function isRegistered(value: unknown): value is Registered {
  return dagPartOf(value) !== undefined || value instanceof TaskHandler;
}
