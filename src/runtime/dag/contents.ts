/**
 * What a bundle holds: handlers, Dags, and the files of Dags that are still to be loaded.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import { HandlerRegistry } from "../../sdk/handler_registry.ts";
import { TaskHandler } from "../../sdk/task_handler.ts";
import type { DagFile, DagFileContext, Registered } from "./dag_loader.ts";
import { type DagPart, dagPartOf } from "./dag_part.ts";

/** Starts what loads a file, and ends as it does, or earlier. */
export type LoadingRace = <T>(load: () => Promise<T>) => Promise<T>;

/** Collects what a bundle registers. */
export class Contents {
  /** The handlers, those of its Dags among them. */
  readonly handlers = new HandlerRegistry();
  readonly #dags = new Map<string, DagPart>();
  readonly #files: DagFile[] = [];

  /**
   * Adds a Dag, a handler, or a file that is loaded when it is needed.
   *
   * @throws {TaskRuntimeError} `CONFLICT` when a task has a handler already, or there is a Dag of
   * this id; `INVALID` for a Dag that is not whole
   */
  add(part: Registered | DagFile): void {
    const dag = dagPartOf(part);
    if (part instanceof TaskHandler) this.handlers.add(part);
    else if (dag !== undefined) this.#addDag(dag);
    else if (typeof part === "function") this.#files.push(part);
    else {
      throw new TaskRuntimeError(
        "INVALID",
        "Cannot register what is no Dag, no TaskHandler and no function that loads some",
      );
    }
  }

  #addDag(dag: DagPart): void {
    const { dagId } = dag.definition;
    if (this.#dags.has(dagId)) {
      throw new TaskRuntimeError(
        "CONFLICT",
        `Cannot register Dag "${dagId}": the bundle has one of this id already`,
      );
    }
    this.handlers.add(...dag.handlers());
    this.#dags.set(dagId, dag);
  }

  /** The Dags that it defines whole, by id. */
  get dags(): ReadonlyMap<string, DagPart> {
    return this.#dags;
  }

  /**
   * Loads the files of Dags, one after the other, until `isEnough`; resolves to what they threw.
   *
   * `race` may end the wait for one of them with an error, which is then that file's.
   */
  async load(
    context: DagFileContext,
    isEnough: () => boolean = () => false,
    race: LoadingRace = (load) => load(),
  ): Promise<readonly unknown[]> {
    const thrown: unknown[] = [];
    while (!isEnough()) {
      const file = this.#files.shift();
      if (file === undefined) break;
      try {
        this.#addLoaded(await race(async () => await file(context)));
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

function isPart(value: unknown): value is Registered {
  return dagPartOf(value) !== undefined || value instanceof TaskHandler;
}
