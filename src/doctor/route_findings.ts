/**
 * The findings about a queue: the bundles of its tasks, and their launch.
 *
 * @module
 */
import { describePermissions } from "../bundle/permissions.ts";
import type { ReleaseLine } from "./airflow_release.ts";
import { checkLaunch } from "./launch.ts";
import type { Finding } from "./finding.ts";
import type { CoordinatorKind, Route, SearchPlace } from "./routes.ts";
import { type Candidate, search } from "./search.ts";

/** The bundles that a coordinator finds in a place. */
export interface PlaceReport extends SearchPlace {
  /** The bundles in Airflow's order. */
  readonly bundles: readonly Candidate[];
  /** The path of the bundle by dag_id. */
  readonly dags: Readonly<Record<string, string>>;
}

/** The route of a queue with its bundles. */
export interface RouteReport extends Omit<Route, "places" | "problem"> {
  /** The reason why no task of the queue would start; null if the settings are correct. */
  readonly problem: string | null;
  /** The searched places with their bundles. */
  readonly places: readonly PlaceReport[];
}

/** The state that the routes of a worker share. */
export interface RouteSurroundings {
  /** The environment of the worker. */
  readonly env: Readonly<Record<string, string>>;
  /** The bundles that were started; two queues may lead to one coordinator. */
  readonly launched: Set<string>;
}

/** Checks the route of a queue. */
export async function checkRoute(
  route: Route,
  release: ReleaseLine,
  { env, launched }: RouteSurroundings,
): Promise<{ report: RouteReport; findings: readonly Finding[] }> {
  const { places, problem, ...rest } = route;
  const topic = `queue ${route.queue}`;
  const { kind } = route;
  const report = { ...rest, problem: problem?.text ?? null };
  if (problem !== undefined) {
    return {
      report: { ...report, places: [] },
      findings: [{ topic, status: "fail", ...problem }],
    };
  }
  if (kind === undefined) {
    const text =
      `coordinator "${route.coordinator}" is ${route.classpath}, which doctor does not check`;
    return { report: { ...report, places: [] }, findings: [{ topic, status: "warn", text }] };
  }
  const lead: Finding = {
    topic,
    status: "ok",
    text: `coordinator "${route.coordinator}" searches ${
      places.map(describePlace).join(", then ") || "nothing"
    }`,
  };
  const searched = await Promise.all(places.map((place) => searchPlace(place, kind, release)));
  const findings = [
    lead,
    ...searched.flatMap((place) => [...placeFindings(topic, place, release)]),
  ];
  const winners = new Set(searched.flatMap(({ dags }) => Object.values(dags)));
  if (winners.size === 0) findings.push(noBundleFinding(topic, route, searched));
  const candidates = new Map(
    searched.flatMap(({ bundles }) => bundles.map((bundle) => [bundle.path, bundle] as const)),
  );
  for (const path of winners) {
    // The runtime of another language may do more than connect.
    if (candidates.get(path)?.language !== "typescript") continue;
    const launch = `${route.coordinator} ${path}`;
    if (launched.has(launch)) continue;
    launched.add(launch);
    findings.push(...await checkLaunch({ ...route, name: path, path, env }));
  }
  return { report: { ...report, places: searched }, findings };
}

function describePlace({ dagBundle, roots }: SearchPlace): string {
  return dagBundle === undefined ? roots.join(", ") : `Dag bundle "${dagBundle}" in ${roots}`;
}

async function searchPlace(
  place: SearchPlace,
  kind: CoordinatorKind,
  release: ReleaseLine,
): Promise<PlaceReport> {
  const { candidates, winners } = await search(place.roots, kind, release);
  return { ...place, bundles: candidates, dags: Object.fromEntries(winners) };
}

function* placeFindings(
  topic: string,
  place: PlaceReport,
  release: ReleaseLine,
): Generator<Finding> {
  for (const root of place.roots) {
    if (!exists(root)) {
      yield {
        topic,
        status: place.dagBundle === undefined ? "warn" : "fail",
        text: `${root} does not exist, or this user cannot read it`,
        fix: `create ${root} and copy the bundles into it, or correct its path`,
      };
    } else if (!root.startsWith("/")) {
      const text = `${root} is relative to the folder that the worker was started in`;
      yield { topic, status: "warn", text, fix: "set its absolute path" };
    }
  }
  for (const bundle of place.bundles) {
    yield* bundleFindings(bundle, place);
    if (release === "3.3") yield* nativeFindings(bundle);
  }
}

function* bundleFindings(bundle: Candidate, place: PlaceReport): Generator<Finding> {
  const { path, verdict, reason, fix, dags, schema, permissions } = bundle;
  const topic = `bundle ${path}`;
  const served = Object.keys(dags).filter((dagId) => place.dags[dagId] === path);
  if (verdict === "unknown") {
    const text = `${reason}. Another SDK made it; Airflow may prefer it for one of the Dags below`;
    yield { topic, status: "warn", text };
  } else if (verdict === "other") {
    yield { topic, status: "warn", text: `Airflow ignores it: ${reason}` };
  } else if (verdict === "refused") {
    // If other bundles have its Dags, their tasks run.
    const isMissed = Object.keys(dags).length === 0 ||
      Object.keys(dags).some((dagId) => place.dags[dagId] === undefined);
    yield {
      topic,
      status: isMissed ? "fail" : "warn",
      text: `Airflow ignores it: ${reason}`,
      ...(fix === undefined ? {} : { fix }),
    };
  } else {
    const tasks = served.map((dagId) => `Dag ${dagId} (${dags[dagId]?.join(", ")})`);
    const allowed = permissions === undefined
      ? []
      : [`allowed ${describePermissions(permissions)}`];
    const notes = [...allowed, ...(reason === undefined ? [] : [reason])];
    if (served.length > 0) {
      const text = [`${tasks.join(", ")}, schema ${schema}`, ...notes].join("; ");
      yield { topic, status: "ok", text };
    }
    for (const dagId of Object.keys(dags)) {
      const winner = place.dags[dagId];
      if (winner === path || winner === undefined) continue;
      yield {
        topic,
        status: "warn",
        text: `Airflow finds Dag ${dagId} first in ${winner}`,
        fix: `remove one of ${winner} and ${path}`,
      };
    }
  }
}

/** Airflow 3.3 does not load Dags from bundles. */
function* nativeFindings({ path, native = [] }: Candidate): Generator<Finding> {
  if (native.length === 0) return;
  const dags = `${native.length > 1 ? "Dags" : "Dag"} ${native.join(", ")}`;
  yield {
    topic: `bundle ${path}`,
    status: "fail",
    text: `it defines ${dags} in TypeScript, which needs Airflow 3.4; 3.3 loads Dags only from ` +
      "Python files",
    fix: `update Airflow to 3.4, or write a Python Dag file for ${dags}`,
  };
}

function noBundleFinding(topic: string, { kind }: Route, places: readonly PlaceReport[]): Finding {
  const refused = places.flatMap(({ bundles }) => bundles).find(({ fix }) => fix !== undefined);
  const where = places.flatMap(({ roots }) => roots).join(", ") || "the Dag bundle";
  const form = kind === "node" ? "a .min.mjs bundle" : "a bundle";
  return {
    topic,
    status: "fail",
    text: "Airflow finds no bundle with tasks",
    fix: refused?.fix ?? `copy ${form} into ${where}`,
  };
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
