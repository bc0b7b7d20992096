/**
 * The bundle of Dags and handlers that an author's file serves.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import { type DagLoader, offlineContext, type Registered } from "./dag/dag_loader.ts";
import { placeOfCaller } from "../sdk/dag/source_place.ts";
import { checkPermissions, type Permissions } from "../sdk/permissions.ts";
import { Contents, packedDagIds } from "./dag/contents.ts";
import { describe, METADATA_FLAG } from "./dag/describe.ts";
import { dropShellPermission, startExitHelper } from "./launch/exit_helper.ts";
import { isLaunched } from "./launch/sockets.ts";
import { takeLaunch } from "./launch/launch.ts";
import { serve } from "./launch/serve.ts";
import { exitUnreported } from "./launch/process_exit.ts";

/** Options of {@linkcode Bundle.serve}. */
export interface ServeOptions {
  /** The command line; `Deno.args` by default. */
  args?: readonly string[];
}

/** Options of a {@linkcode Bundle}, for all of its tasks. */
export interface BundleOptions {
  /**
   * The permissions of the tasks in addition to the connection with Airflow; none by default. A task
   * that is denied an access fails without a retry, and its log shows the line to add.
   */
  permissions?: Permissions;
}

/**
 * The Dags and handlers that a file serves to Airflow.
 *
 * @example
 * ```ts
 * import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";
 * import { assertEquals } from "@std/assert";
 *
 * const extract = new TaskHandler("etl", "extract", () => ({ rows: 42 }));
 * const bundle = new Bundle().register(extract);
 * assertEquals(bundle.dagIds, ["etl"]);
 * // await bundle.serve();
 * ```
 */
export class Bundle {
  readonly #contents = new Contents(packedDagIds());
  readonly #permissions: Permissions;

  /**
   * Creates an empty bundle.
   *
   * @throws {TaskRuntimeError} `INVALID` for a permission that does not exist
   */
  constructor(options: BundleOptions = {}) {
    this.#permissions = checkPermissions(options.permissions ?? {});
  }

  /**
   * Adds Dags, handlers and loader functions, and returns the bundle.
   *
   * A loader function runs when it is needed, and may read variables and connections. If it fails,
   * the Dags of other functions are not affected. To run a task, a packed bundle calls only the
   * function that returned the task's Dag to `pack`, if one did, so functions must not depend on each
   * other:
   *
   * ```ts
   * import { Bundle, Dag } from "@airflow-deno/task-runtime";
   *
   * const bundle = new Bundle().register(async ({ variables }) => {
   *   const regions = await variables.getJson<string[]>("regions", { default: [] });
   *   return regions.map((region) => {
   *     const dag = new Dag(`load_${region}`, { schedule: "@daily", queue: "deno" });
   *     dag.task("load", () => {})();
   *     return dag;
   *   });
   * });
   * // or of modules: .register(() => import("./etl.ts"), () => import("./report.ts"))
   * ```
   *
   * @throws {TaskRuntimeError} `CONFLICT` when a task has a handler already, or a Dag of this id is
   * registered; `INVALID` for an incomplete Dag
   */
  register(...parts: readonly (Registered | DagLoader)[]): this {
    for (const part of parts) this.#contents.add(part);
    return this;
  }

  /** The ids of the Dags that have handlers, in the order of registration. */
  get dagIds(): string[] {
    return this.#contents.handlers.dagIds;
  }

  /** Returns the ids of a Dag's tasks that have handlers, in the order of registration. */
  taskIds(dagId: string): string[] {
    return this.#contents.handlers.taskIds(dagId);
  }

  /**
   * Serves the launch of this process and exits: runs the task or answers the Dag processor when
   * Airflow's coordinator started the process (`--comm`, `--logs`), and prints the metadata of the
   * bundle for `pack`. Call it once, as the last statement.
   *
   * In a file that another program imports, e.g. a test, it returns at once. In a file that is run by
   * itself, without a coordinator, it prints how to run the tasks and exits with 2.
   */
  async serve(options: ServeOptions = {}): Promise<void> {
    const args = options.args ?? Deno.args;
    if (args.includes(METADATA_FLAG)) {
      const [problem] = await this.#contents.loadAll(offlineContext());
      if (problem !== undefined) throw problem;
      return describe(this.#contents, this.#permissions);
    }
    if (!isLaunched(args)) {
      // In a packed bundle this module is a part of the main one, and places are those of the sources.
      const isMain = import.meta.main ||
        String(placeOfCaller(this.serve)).startsWith(`${Deno.mainModule}:`);
      if (isMain) exitUnreported(notLaunched());
      return;
    }
    try {
      const launch = takeLaunch(args);
      // The process already reports a terminal state, then exits.
      if (launch === undefined) return await new Promise<never>(() => {});
      if (Deno.build.standalone && !launch.isPrepared) this.#startExitHelper();
      await serve(launch, { contents: this.#contents, permissions: this.#permissions });
    } catch (error) {
      exitUnreported(error);
    }
  }

  /** Starts the exit helper of a self-contained bundle, which has no start line to do so. */
  #startExitHelper(): void {
    startExitHelper();
    dropShellPermission(this.#permissions.run);
  }
}

function notLaunched(): TaskRuntimeError {
  return new TaskRuntimeError(
    "INVALID",
    "Cannot serve the bundle: --comm=host:port and --logs=host:port are missing. Airflow's " +
      "coordinator passes them; to run tasks without Airflow: airflow-task-runtime dev FILE",
  );
}
