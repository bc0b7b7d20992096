/**
 * Which coordinator a queue leads to, and where that one searches, as Airflow reads its settings.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import { type AirflowConfig, expandUser } from "./airflow_config.ts";
import type { ReleaseLine } from "./airflow_release.ts";
import { isPlainObject } from "../values.ts";

/** The coordinators that bundles of this project are for. */
export type CoordinatorKind = "executable" | "node";

/** A place that a coordinator searches as one. */
export interface SearchPlace {
  /** The Dag bundle's name (3.4); none where folders are named (3.3). */
  readonly dagBundle?: string;
  /** The folders or files, in order. */
  readonly roots: readonly string[];
}

/** A queue, and where its tasks' bundles come from. */
export interface Route {
  /** The queue. */
  readonly queue: string;
  /** The key in `[sdk] coordinators`. */
  readonly coordinator: string;
  /** The class of the coordinator. */
  readonly classpath: string;
  /** What it is; undefined for a class that is not Airflow's for executables or Node. */
  readonly kind: CoordinatorKind | undefined;
  /** How long a task may take to connect, in seconds. */
  readonly startupTimeout: number;
  /** The program that runs the bundles (node). */
  readonly nodeExecutable?: string;
  /** Where it searches; several where it depends on the task's Dag. */
  readonly places: readonly SearchPlace[];
  /** Why none of its tasks would start, and what to change. */
  readonly problem?: Problem;
}

/** What is wrong, and what to do. */
export interface Problem {
  /** What is wrong. */
  readonly text: string;
  /** What to change. */
  readonly fix: string;
}

/** The routes, or why Airflow refuses the whole of `[sdk]`. */
export interface Routes {
  /** One for each queue, in the order of the map. */
  readonly routes: readonly Route[];
  /** Coordinators that no queue leads to. */
  readonly idle: readonly string[];
  /** Why Airflow would start no task of any of them. */
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

/** Airflow's own `task_startup_timeout`, in seconds. */
export const DEFAULT_TIMEOUT = 10;

interface Settings {
  readonly release: ReleaseLine;
  readonly env: Readonly<Record<string, string>>;
  /** Paths by name of the Dag bundles that are folders here; undefined for those of other kinds. */
  readonly dagBundles: ReadonlyMap<string, string | undefined>;
}

/** Reads the routes from the configuration, by the rules of that release. */
export function readRoutes(
  config: AirflowConfig,
  release: ReleaseLine,
  env: Readonly<Record<string, string>>,
): Routes {
  try {
    const specs = Object.entries(mapping(config.json("sdk", "coordinators")?.value, COORDINATORS));
    const queues = Object.entries(
      mapping(config.json("sdk", "queue_to_coordinator")?.value, QUEUES),
    );
    const coordinators = new Map(specs.map(([key, spec]) => [key, readSpec(key, spec)]));
    const settings = { release, env, dagBundles: readDagBundles(config, release, env) };
    const routes = queues.map(([queue, key]) => {
      const spec = typeof key === "string" ? coordinators.get(key) : undefined;
      if (spec === undefined) {
        throw refusal(
          `queue "${queue}" leads to coordinator ${JSON.stringify(key)}, which ${COORDINATORS} ` +
            "does not have; Airflow then refuses every foreign task",
          `name one of ${
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
      : { text: error.message, fix: "correct that setting" };
    return { routes: [], idle: [], problem };
  }
}

/** What makes Airflow refuse the settings as a whole. */
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
      `coordinator "${key}" of ${COORDINATORS} is not of the form {"classpath": …, "kwargs": {…}}`,
      `give it a classpath and kwargs in ${COORDINATORS}`,
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
          "have; Airflow then refuses every foreign task",
        `add it to ${BUNDLES}, or name one of ${[...settings.dagBundles.keys()].join(", ")}`,
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

/** Why the class would not take the arguments. */
function findProblem(
  { key, kwargs }: Spec,
  kind: CoordinatorKind,
  { release, dagBundles }: Settings,
): Problem | undefined {
  const where = `the kwargs of coordinator "${key}"`;
  if (kind === "node" && release === "3.3") {
    return {
      text: `coordinator "${key}" is a NodeCoordinator, which Airflow 3.3 does not have`,
      fix: "use airflow.sdk.coordinators.executable.ExecutableCoordinator and thin bundles",
    };
  }
  const own = release === "3.3" ? "executables_root" : "task_handler_bundle_name";
  const known = [own, "task_startup_timeout", ...(kind === "node" ? ["node_executable"] : [])];
  const unknown = Object.keys(kwargs).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const instead = unknown === "executables_root" || unknown === "task_handler_bundle_name"
      ? `Airflow ${release} takes ${own} instead`
      : `it takes ${known.join(", ")}`;
    return {
      text: `${where} have ${unknown}, with which Airflow ${release} cannot make it: ${instead}`,
      fix: `replace ${unknown} in ${where}: ${instead}`,
    };
  }
  const timeout = kwargs["task_startup_timeout"] ?? DEFAULT_TIMEOUT;
  if (typeof timeout !== "number" || timeout <= 0) {
    return {
      text: `${where} have a task_startup_timeout that is no number of seconds above 0`,
      fix: `write "task_startup_timeout": ${DEFAULT_TIMEOUT} in ${where}`,
    };
  }
  if (release !== "3.3") return findBundleProblem(kwargs, dagBundles);
  const roots = kwargs["executables_root"];
  const list = typeof roots === "string" ? [roots] : roots;
  const isFull = Array.isArray(list) && list.length > 0 &&
    list.every((root) => typeof root === "string");
  return isFull ? undefined : {
    text: `${where} name no folder to search in executables_root`,
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
    text: `Dag bundle "${name}" is not a LocalDagBundle: what Airflow would fetch is not seen here`,
    fix: `run doctor with a LocalDagBundle of the same content, or inspect its bundles one by one`,
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
  env: Readonly<Record<string, string>>,
): ReadonlyMap<string, string | undefined> {
  if (release === "3.3") return new Map();
  const folder = config.get("core", "dags_folder")?.text ?? `${config.home}/dags`;
  const dagsFolder = expandUser(folder, env);
  const list = config.json("dag_processor", "dag_bundle_config_list")?.value;
  if (list === undefined) return new Map([["dags-folder", dagsFolder]]);
  if (!Array.isArray(list)) throw refusal(`${BUNDLES} is no list`, `make it a list: ${BUNDLES}`);
  const bundles = list.map((entry: unknown) => {
    const [name, classpath, kwargs] = isPlainObject(entry)
      ? [entry["name"], entry["classpath"], entry["kwargs"]]
      : [];
    if (typeof name !== "string" || typeof classpath !== "string" || !isPlainObject(kwargs)) {
      throw refusal(
        `${BUNDLES} has an entry without name, classpath and kwargs`,
        `give each entry of ${BUNDLES} a name, a classpath and kwargs`,
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
  throw refusal(`${what} is no JSON object`, `make ${what} a JSON object`);
}
