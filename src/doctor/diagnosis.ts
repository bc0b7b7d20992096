/**
 * The diagnosis of a worker, from the machine to the bundles that Airflow would run.
 *
 * @module
 */
import { AirflowConfig } from "./airflow_config.ts";
import {
  findAirflow,
  type ReleaseLine,
  releaseLine,
  SUPPORTED_SCHEMAS,
} from "./airflow_release.ts";
import { checkEmptyLaunch } from "./launch.ts";
import { checkMachine } from "./machine.ts";
import { checkRoute, type RouteReport } from "./route_findings.ts";
import { TaskRuntimeError } from "../error.ts";
import type { Finding } from "./finding.ts";
import { readRoutes } from "./routes.ts";

/** Options of {@linkcode diagnose}. */
export interface DiagnosisOptions {
  /** The path of airflow.cfg; by default as Airflow finds it. */
  readonly config?: string | undefined;
  /** The release line whose rules apply; by default that of the Airflow on PATH. */
  readonly release?: ReleaseLine | undefined;
  /** The environment of the worker. */
  readonly env: Readonly<Record<string, string>>;
  /** The path of the runtime binary; undefined if Deno runs the command line. */
  readonly binary?: string | undefined;
  /** The version of this runtime. */
  readonly version: string;
}

/** The result of {@linkcode diagnose}. */
export interface Diagnosis {
  /** True if no check failed. */
  readonly ok: boolean;
  /** The change to make first; undefined if no check failed. */
  readonly change?: string;
  /** The release line whose rules were applied. */
  readonly airflow: ReleaseLine;
  /** All findings, in the order of the checks. */
  readonly findings: readonly Finding[];
  /** The route of each queue. */
  readonly routes: readonly RouteReport[];
}

/**
 * Checks the machine, Airflow's settings, the bundles, and the programs that start them.
 *
 * @throws {TaskRuntimeError} `NOT_FOUND` if `config` does not exist
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
      text: config.exists
        ? config.path
        : `${config.path} does not exist; Airflow uses the environment and its defaults`,
    });
    findings.push(...ignoredFindings(config));
    const { problem, idle, routes: found } = readRoutes(config, release, options.env);
    if (problem !== undefined) findings.push({ topic: "config", status: "fail", ...problem });
    else if (found.length === 0) findings.push(noQueueFinding(idle));
    else findings.push(...idle.map(idleFinding));
    const surroundings = { env: options.env, launched: new Set<string>() };
    for (const route of found) {
      const { report, findings: checked } = await checkRoute(route, release, surroundings);
      routes.push(report);
      for (const one of checked) {
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
  if (config !== undefined) {
    await Deno.stat(config).catch((cause) => {
      if (!(cause instanceof Deno.errors.NotFound)) return;
      const reason = "the file does not exist";
      throw new TaskRuntimeError("NOT_FOUND", `Cannot read "${config}": ${reason}`, { cause });
    });
  }
  try {
    return await AirflowConfig.read({ path: config, env });
  } catch (error) {
    if (!(error instanceof TaskRuntimeError)) throw error;
    const fix = error.code === "INVALID"
      ? "correct the file"
      : "install Python 3.9 or newer, or add it to PATH";
    return { topic: "config", status: "fail", text: error.message, fix };
  }
}

async function chooseRelease(
  { release, env }: DiagnosisOptions,
): Promise<{ release: ReleaseLine; finding: Finding }> {
  const topic = "airflow";
  if (release !== undefined) {
    return { release, finding: { topic, status: "ok", text: `${release}, from --airflow` } };
  }
  const newest = "3.4";
  const installed = await findAirflow(env["PATH"] ?? "");
  if (installed === undefined) {
    const text = `not on PATH; the rules of ${newest} apply. Choose others with --airflow`;
    return { release: newest, finding: { topic, status: "warn", text } };
  }
  const { version, program } = installed;
  const line = releaseLine(version);
  if (line === undefined) {
    const text = `${version} (${program}) does not support language runtimes`;
    const fix = "update Airflow to 3.3 or newer";
    return { release: newest, finding: { topic, status: "fail", text, fix } };
  }
  const support = `supports schema versions ${SUPPORTED_SCHEMAS[line].join(", ")}`;
  const isTested = version.startsWith(line);
  return {
    release: line,
    finding: isTested ? { topic, status: "ok", text: `${version} (${program}) ${support}` } : {
      topic,
      status: "warn",
      text: `${version} (${program}) is not tested; the rules of ${line} apply`,
    },
  };
}

function ignoredFindings(config: AirflowConfig): Finding[] {
  return config.ignored.map((form) => ({
    topic: "config",
    status: "warn",
    text: `Airflow ignores ${form}: only sensitive options may come from a command or a secrets ` +
      "backend",
  }));
}

function noQueueFinding(idle: readonly string[]): Finding {
  const [key] = idle;
  return {
    topic: "config",
    status: "fail",
    text: key === undefined
      ? "[sdk] coordinators is empty, so Airflow runs every task in Python"
      : `no queue leads to coordinator "${key}", so Airflow runs every task in Python`,
    fix: key === undefined
      ? "set [sdk] coordinators and [sdk] queue_to_coordinator"
      : `set [sdk] queue_to_coordinator = {"deno": "${key}"}`,
  };
}

function idleFinding(key: string): Finding {
  return { topic: "config", status: "warn", text: `no queue leads to coordinator "${key}"` };
}

/** Two queues may lead to the same finding. */
function isSame(one: Finding, other: Finding): boolean {
  return one.topic === other.topic && one.status === other.status && one.text === other.text;
}
