/**
 * The routes from queues to coordinators and their bundles, as Airflow reads its settings.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import type { AirflowConfig } from "./airflow_config.ts";
import type { ReleaseLine } from "./airflow_release.ts";
import { isPlainObject } from "../values.ts";

/** The kinds of coordinators that run our bundles. */
export type CoordinatorKind = "executable" | "node";

/** A place that a coordinator searches. */
export interface SearchPlace {
  /** The name of the Dag bundle (3.4); undefined for folders (3.3). */
  readonly dagBundle?: string;
  /** The folders or files, in order. */
  readonly roots: readonly string[];
}

/** The route of a queue. */
export interface Route {
  /** The queue. */
  readonly queue: string;
  /** The key in `[sdk] coordinators`. */
  readonly coordinator: string;
  /** The class of the coordinator. */
  readonly classpath: string;
  /** Its kind; undefined for other classes. */
  readonly kind: CoordinatorKind | undefined;
  /** The time limit for the connections of a task, in seconds. */
  readonly startupTimeout: number;
  /** The program that runs the bundles (node). */
  readonly nodeExecutable?: string;
  /** The places to search; several if the place depends on the Dag of the task. */
  readonly places: readonly SearchPlace[];
  /** The reason why no task of the queue would start. */
  readonly problem?: Problem;
}

/** A problem of the settings. */
export interface Problem {
  /** The problem. */
  readonly text: string;
  /** The change that fixes it. */
  readonly fix: string;
}

/** All routes, or the reason why Airflow rejects `[sdk]`. */
export interface Routes {
  /** The routes in the order of the option. */
  readonly routes: readonly Route[];
  /** The coordinators that no queue leads to. */
  readonly idle: readonly string[];
  /** The reason why Airflow would start no task of any queue. */
  readonly problem?: Problem;
}

const CLASSES: Readonly<Record<string, CoordinatorKind>> = {
  "airflow.sdk.coordinators.executable.ExecutableCoordinator": "executable",
  "airflow.sdk.coordinators.executable.coordinator.ExecutableCoordinator": "executable",
  "airflow.sdk.coordinators.node.NodeCoordinator": "node",
  "airflow.sdk.coordinators.node.coordinator.NodeCoordinator": "node",
};
const LOCAL_BUNDLE = /^airflow\.dag_processing\.bundles\.local\.LocalDagBundle$/;
const COORDINATORS = "[sdk] coordinators";
const QUEUES = "[sdk] queue_to_coordinator";
const BUNDLES = "[dag_processor] dag_bundle_config_list";

/** Airflow's default for `task_startup_timeout`, in seconds. */
export const DEFAULT_TIMEOUT = 10;

interface Settings {
  readonly release: ReleaseLine;
  readonly env: Readonly<Record<string, string>>;
  /** The local folders of the Dag bundles by name; undefined for bundles of other kinds. */
  readonly dagBundles: ReadonlyMap<string, string | undefined>;
}

/** Reads the routes from the configuration with the rules of a release. */
export function readRoutes(
  config: AirflowConfig,
  release: ReleaseLine,
  env: Readonly<Record<string, string>>,
): Routes {
  try {
    const specs = Object.entries(mapping(config.json("sdk.coordinators"), COORDINATORS));
    const queues = Object.entries(
      mapping(config.json("sdk.queue_to_coordinator"), QUEUES),
    );
    const coordinators = new Map(specs.map(([key, spec]) => [key, readSpec(key, spec)]));
    const settings = { release, env, dagBundles: readDagBundles(config, release) };
    const routes = queues.map(([queue, key]) => {
      const spec = typeof key === "string" ? coordinators.get(key) : undefined;
      if (spec === undefined) {
        throw refusal(
          `queue "${queue}" leads to coordinator ${JSON.stringify(key)}, which ${COORDINATORS} ` +
            "does not contain, so Airflow rejects all tasks of language runtimes",
          `use one of ${
            [...coordinators.keys()].map((name) => `"${name}"`).join(", ")
          } in ${QUEUES}`,
        );
      }
      return readRoute(queue, spec, settings);
    });
    const used = new Set(routes.map(({ coordinator }) => coordinator));
    return { routes, idle: [...coordinators.keys()].filter((key) => !used.has(key)) };
  } catch (error) {
    if (!(error instanceof TaskRuntimeError)) throw error;
    const problem = error instanceof Refusal
      ? { text: error.message, fix: error.fix }
      : { text: error.message, fix: "correct the setting" };
    return { routes: [], idle: [], problem };
  }
}

/** A problem for which Airflow rejects the settings as a whole. */
class Refusal extends TaskRuntimeError {
  readonly fix: string;

  constructor(text: string, fix: string) {
    super("INVALID", text);
    this.fix = fix;
  }
}

function refusal(text: string, fix: string): Refusal {
  return new Refusal(text, fix);
}

interface Spec {
  readonly key: string;
  readonly classpath: string;
  readonly kwargs: Readonly<Record<string, unknown>>;
}

function readSpec(key: string, spec: unknown): Spec {
  const classpath = isPlainObject(spec) ? spec["classpath"] : undefined;
  const kwargs = isPlainObject(spec) ? spec["kwargs"] ?? {} : undefined;
  if (typeof classpath !== "string" || !isPlainObject(kwargs)) {
    throw refusal(
      `coordinator "${key}" of ${COORDINATORS} must have the form {"classpath": …, "kwargs": {…}}`,
      `add a classpath and kwargs to it in ${COORDINATORS}`,
    );
  }
  return { key, classpath, kwargs };
}

function readRoute(queue: string, spec: Spec, settings: Settings): Route {
  const { key, classpath, kwargs } = spec;
  const kind = Object.hasOwn(CLASSES, classpath) ? CLASSES[classpath] : undefined;
  const name = kwargs["task_handler_bundle_name"] ?? undefined;
  if (settings.release !== "3.3" && name !== undefined) {
    if (typeof name !== "string" || !settings.dagBundles.has(name)) {
      throw refusal(
        `coordinator "${key}" names Dag bundle ${
          JSON.stringify(name)
        }, which ${BUNDLES} does not ` +
          "contain, so Airflow rejects all tasks of language runtimes",
        `add it to ${BUNDLES}, or use one of ${[...settings.dagBundles.keys()].join(", ")}`,
      );
    }
  }
  const timeout = kwargs["task_startup_timeout"] ?? DEFAULT_TIMEOUT;
  const problem = kind === undefined ? undefined : findProblem(spec, kind, settings);
  const node = kind === "node"
    ? { nodeExecutable: String(kwargs["node_executable"] ?? "node") }
    : {};
  return {
    queue,
    coordinator: key,
    classpath,
    kind,
    startupTimeout: typeof timeout === "number" ? timeout : DEFAULT_TIMEOUT,
    ...node,
    places: kind === undefined || problem !== undefined ? [] : placesOf(kwargs, settings),
    ...(problem === undefined ? {} : { problem }),
  };
}

/** Returns the problem for which the class would reject its arguments. */
function findProblem(
  { key, kwargs }: Spec,
  kind: CoordinatorKind,
  { release, dagBundles }: Settings,
): Problem | undefined {
  const where = `the kwargs of coordinator "${key}"`;
  if (kind === "node" && release === "3.3") {
    return {
      text: `coordinator "${key}" is a NodeCoordinator, which needs Airflow 3.4`,
      fix: "use airflow.sdk.coordinators.executable.ExecutableCoordinator and thin bundles",
    };
  }
  const own = release === "3.3" ? "executables_root" : "task_handler_bundle_name";
  const known = [own, "task_startup_timeout", ...(kind === "node" ? ["node_executable"] : [])];
  const unknown = Object.keys(kwargs).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const isOther = unknown === "executables_root" || unknown === "task_handler_bundle_name";
    return {
      text: `${where} contain ${unknown}, which Airflow ${release} rejects`,
      fix: isOther
        ? `replace ${unknown} by ${own} in ${where}`
        : `remove ${unknown} from ${where}, which may contain ${known.join(", ")}`,
    };
  }
  const timeout = kwargs["task_startup_timeout"] ?? DEFAULT_TIMEOUT;
  if (typeof timeout !== "number" || timeout <= 0) {
    return {
      text: `task_startup_timeout in ${where} must be a positive number of seconds`,
      fix: `set "task_startup_timeout": ${DEFAULT_TIMEOUT} in ${where}`,
    };
  }
  if (release !== "3.3") return findBundleProblem(kwargs, dagBundles);
  const roots = kwargs["executables_root"];
  const list = typeof roots === "string" ? [roots] : roots;
  const isFull = Array.isArray(list) && list.length > 0 &&
    list.every((root) => typeof root === "string");
  return isFull ? undefined : {
    text: `executables_root in ${where} must be a list of folders`,
    fix: `add "executables_root": ["/opt/airflow/bundles"] to ${where}`,
  };
}

function findBundleProblem(
  kwargs: Readonly<Record<string, unknown>>,
  dagBundles: Settings["dagBundles"],
): Problem | undefined {
  const name = kwargs["task_handler_bundle_name"];
  if (typeof name !== "string" || dagBundles.get(name) !== undefined) return undefined;
  return {
    text:
      `Dag bundle "${name}" is not a LocalDagBundle, so doctor cannot see what Airflow would fetch`,
    fix: "run doctor with a LocalDagBundle of the same content, or inspect its bundles one by one",
  };
}

function placesOf(kwargs: Readonly<Record<string, unknown>>, settings: Settings): SearchPlace[] {
  const { release, env, dagBundles } = settings;
  if (release === "3.3") {
    const roots = [kwargs["executables_root"]].flat().map(String);
    return [{ roots: roots.map((root) => expandUser(root, env)) }];
  }
  const name = kwargs["task_handler_bundle_name"];
  return Array.from(dagBundles).flatMap(([dagBundle, path]): SearchPlace[] =>
    path === undefined || typeof name === "string" && name !== dagBundle
      ? []
      : [{ dagBundle, roots: [path] }]
  );
}

function readDagBundles(
  config: AirflowConfig,
  release: ReleaseLine,
): ReadonlyMap<string, string | undefined> {
  if (release === "3.3") return new Map();
  const dagsFolder = config.text("core.dags_folder") ?? `${config.home}/dags`;
  const list = config.json("dag_processor.dag_bundle_config_list");
  if (list === undefined) return new Map([["dags-folder", dagsFolder]]);
  if (!Array.isArray(list)) {
    throw refusal(`${BUNDLES} must be a list`, `change ${BUNDLES} to a list`);
  }
  const bundles = list.map((entry: unknown) => {
    const [name, classpath, kwargs] = isPlainObject(entry)
      ? [entry["name"], entry["classpath"], entry["kwargs"]]
      : [];
    if (typeof name !== "string" || typeof classpath !== "string" || !isPlainObject(kwargs)) {
      throw refusal(
        `an entry of ${BUNDLES} has no name, classpath or kwargs`,
        `add a name, a classpath and kwargs to each entry of ${BUNDLES}`,
      );
    }
    const path = kwargs["path"] ?? dagsFolder;
    const isLocal = LOCAL_BUNDLE.test(classpath) && typeof path === "string";
    return [name, isLocal ? path : undefined] as const;
  });
  const names = bundles.map(([name]) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw refusal(`${BUNDLES} has "${twice}" twice`, `rename one "${twice}" in ${BUNDLES}`);
  }
  return new Map(bundles);
}

function mapping(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (value === undefined) return {};
  if (isPlainObject(value)) return value;
  throw refusal(`${what} must be a JSON object`, `change ${what} to a JSON object`);
}

/** Replaces a leading `~` by the home folder. */
function expandUser(path: string, env: Readonly<Record<string, string>>): string {
  const home = env["HOME"];
  return home === undefined ? path : path.replace(/^~(?=\/|$)/, home.replace(/\/+$/, ""));
}
