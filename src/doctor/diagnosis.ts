/**
 * Whether what is on a worker fits together, from the machine to the bundles that Airflow would run.
 *
 * @module
 */
import { AirflowConfig } from "./airflow_config.ts";
import { findAirflow, KNOWN_DATES, type ReleaseLine, releaseLine } from "./airflow_release.ts";
import { checkEmptyLaunch } from "./launch.ts";
import { checkMachine } from "./machine.ts";
import { checkRoute, type RouteReport } from "./route_findings.ts";
import { TaskRuntimeError } from "../error.ts";
import type { Finding } from "./finding.ts";
import { readRoutes } from "./routes.ts";

/** What to look at. */
export interface DiagnosisOptions {
  /** Path of airflow.cfg; found as Airflow finds it by default. */
  readonly config?: string | undefined;
  /** The release line to judge by; that of the Airflow on PATH by default. */
  readonly release?: ReleaseLine | undefined;
  /** The environment of the worker. */
  readonly env: Readonly<Record<string, string>>;
  /** The path of the runtime binary; undefined where Deno runs the command line. */
  readonly binary?: string | undefined;
  /** The version of this runtime. */
  readonly version: string;
}

/** What was found. */
export interface Diagnosis {
  /** Whether nothing failed. */
  readonly ok: boolean;
  /** The one thing to change first; undefined when nothing failed. */
  readonly change?: string;
  /** The release line judged by. */
  readonly airflow: ReleaseLine;
  /** Every finding, from the ground up. */
  readonly findings: readonly Finding[];
  /** Where each queue leads. */
  readonly routes: readonly RouteReport[];
}

/**
 * Looks at the machine, Airflow's settings, the bundles, and the programs that start them.
 *
 * @throws {TaskRuntimeError} `NOT_FOUND` when the configuration named is not there
 */
export async function diagnose(options: DiagnosisOptions): Promise<Diagnosis> {
  const findings: Finding[] = [...await checkMachine(options)];
  const { release, finding } = await chooseRelease(options);
  findings.push(finding);
  const routes: RouteReport[] = [];
  const config = await readConfig(options);
  if (config instanceof AirflowConfig) {
    findings.push({
      topic: "config",
      status: "ok",
      text: config.exists ? config.path : `no ${config.path}: the environment and defaults hold`,
    });
    findings.push(...ignored(config));
    const { problem, idle, routes: found } = readRoutes(config, release, options.env);
    if (problem !== undefined) findings.push({ topic: "config", status: "fail", ...problem });
    else if (found.length === 0) findings.push(noQueue(idle));
    else findings.push(...idle.map(isIdle));
    const surroundings = { env: options.env, launched: new Set<string>() };
    for (const route of found) {
      const { report, findings: told } = await checkRoute(route, release, surroundings);
      routes.push(report);
      for (const one of told) {
        if (!findings.some((other) => isSame(one, other))) findings.push(one);
      }
    }
  } else findings.push(config);
  if (!findings.some(({ topic }) => /^(?:program|launch) of /.test(topic))) {
    findings.push(...await checkEmptyLaunch(options));
  }
  const first = findings.find(({ status }) => status === "fail");
  return {
    ok: first === undefined,
    ...(first?.fix === undefined ? {} : { change: first.fix }),
    airflow: release,
    findings,
    routes,
  };
}

async function readConfig({ config, env }: DiagnosisOptions): Promise<AirflowConfig | Finding> {
  try {
    return await AirflowConfig.read({ path: config, env });
  } catch (error) {
    if (!(error instanceof TaskRuntimeError) || error.code !== "INVALID") throw error;
    return { topic: "config", status: "fail", text: error.message, fix: "correct that file" };
  }
}

async function chooseRelease(
  { release, env }: DiagnosisOptions,
): Promise<{ release: ReleaseLine; finding: Finding }> {
  const topic = "airflow";
  if (release !== undefined) {
    return { release, finding: { topic, status: "ok", text: `${release}, as told by --airflow` } };
  }
  const newest = "3.4";
  const installed = await findAirflow(env["PATH"] ?? "");
  if (installed === undefined) {
    const text = `none on PATH: judged by ${newest}; --airflow tells another`;
    return { release: newest, finding: { topic, status: "warn", text } };
  }
  const { version, program } = installed;
  const line = releaseLine(version);
  if (line === undefined) {
    const text = `${version} (${program}) runs no foreign tasks: 3.3 is the first`;
    const fix = "update Airflow to 3.3 or newer";
    return { release: newest, finding: { topic, status: "fail", text, fix } };
  }
  const dates = `knows schema ${KNOWN_DATES[line].join(", ")}`;
  const isTested = version.startsWith(line);
  return {
    release: line,
    finding: isTested
      ? { topic, status: "ok", text: `${version} (${program}) ${dates}` }
      : { topic, status: "warn", text: `${version} (${program}) is newer: judged by ${line}` },
  };
}

function ignored(config: AirflowConfig): Finding[] {
  const forms = ["coordinators", "queue_to_coordinator"].flatMap((key) =>
    config.ignoredForms("sdk", key)
  );
  return [...forms, ...config.ignoredForms("dag_processor", "dag_bundle_config_list")].map((
    form,
  ) => ({
    topic: "config",
    status: "warn",
    text: `${form} is set, and Airflow passes over it: only sensitive options may come from a ` +
      "command or a secrets backend",
  }));
}

function noQueue(idle: readonly string[]): Finding {
  const [key] = idle;
  return {
    topic: "config",
    status: "fail",
    text: key === undefined
      ? "[sdk] coordinators names none: every task is taken for a Python one"
      : `no queue leads to coordinator "${key}": its tasks are taken for Python ones`,
    fix: key === undefined
      ? "set [sdk] coordinators and [sdk] queue_to_coordinator"
      : `set [sdk] queue_to_coordinator = {"deno": "${key}"}`,
  };
}

function isIdle(key: string): Finding {
  return { topic: "config", status: "warn", text: `no queue leads to coordinator "${key}"` };
}

/** What two queues have in common is told once. */
function isSame(one: Finding, other: Finding): boolean {
  return one.topic === other.topic && one.status === other.status && one.text === other.text;
}
