/**
 * Launches an executable as Airflow's coordinator does, and takes the time.
 *
 * @module
 */
import { startupDetails } from "../../src/local/supervisor/startup_details.ts";
import { Conversation } from "./conversation.ts";
import { LineCount } from "./line_count.ts";
import type { Peer } from "./peers/peer.ts";
import type { Scenario, Seen } from "./scenario.ts";

/** The time limit of a launch, in ms; a launch that hangs fails after it. */
const LIMIT = 30_000;

/** The result of a launch. */
export interface Launched extends Seen {
  /** The peak memory of the process, in MiB; undefined without /proc. */
  readonly peakMiB: number | undefined;
  /** The peak memory before the first read, in MiB. */
  readonly markPeakMiB: number | undefined;
}

/**
 * Launches the peer once for the scenario.
 *
 * @throws {Error} if the task fails or data is missing
 */
export async function launch(peer: Peer, scenario: Scenario): Promise<Launched> {
  using comm = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using logs = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const begin = performance.now();
  const child = peer.fork?.launch(comm.addr.port, logs.addr.port) ?? spawn([
    ...peer.command,
    `--comm=127.0.0.1:${comm.addr.port}`,
    `--logs=127.0.0.1:${logs.addr.port}`,
  ], peer.env);
  const limit = setTimeout(() => child.kill("SIGKILL"), scenario.limitMs ?? LIMIT);
  const [log, stdout, stderr] = [scenario.lines, scenario.lines, undefined].map((lines) =>
    new LineCount(lines)
  );
  if (log === undefined || stdout === undefined || stderr === undefined) throw new Error("no log");
  const printed = Promise.all([stdout.take(child.stdout), stderr.take(child.stderr)]);
  const ended = child.status.then((status) => ({ status, at: performance.now() }));
  const [commConn, logConn] = await Promise.race([
    Promise.all([comm.accept(), logs.accept()]),
    ended.then(async () => {
      await printed;
      throw new Error(`${peer.name} exited before it connected: ${stderr.lines().join("\n")}`);
    }),
  ]);
  const connectMs = performance.now() - begin;
  let markPeakMiB: number | undefined;
  let peakMiB: number | undefined;
  const conversation = new Conversation(commConn, scenario, {
    mark: () => {
      markPeakMiB = peakOf(child.pid);
    },
    request: (count) => scenario.watch?.(child.pid, count),
    end: () => {
      peakMiB = peakOf(child.pid);
    },
  });
  const [{ status, at }] = await Promise.all([
    ended,
    conversation.run(firstMessage(peer, scenario)).catch((error) => {
      child.kill("SIGKILL");
      throw error;
    }),
    log.take(logConn.readable),
    printed,
  ]);
  clearTimeout(limit);
  const lastLineAt = scenario.lines === undefined ? 0 : Math.max(log.reachedAt, stdout.reachedAt);
  const seen = {
    launchMs: at - begin,
    connectMs,
    endMs: conversation.endAt - begin,
    spanMs: Math.max(conversation.endAt, lastLineAt) - conversation.markAt,
    large: conversation.large,
    lines: () => [...log.lines(), ...stdout.lines()],
    requests: conversation.requests,
    peakMiB,
    markPeakMiB,
  };
  const isSuccess = ["SucceedTask", "DagFileParsingResult"].includes(conversation.ending);
  if (!isSuccess || !status.success) {
    const printedLines = [...seen.lines(), ...stderr.lines()].slice(0, 20).join("\n");
    throw new Error(
      `${peer.name} sent "${conversation.ending}" and exited with ${status.code}: ${printedLines}`,
    );
  }
  scenario.check?.(seen);
  return seen;
}

/** Runs a program that does not speak Airflow's protocol; returns ms from launch to exit. */
export async function runPlain(
  command: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<number> {
  const begin = performance.now();
  const child = spawn(command, env);
  const printed = Promise.all([
    new LineCount().take(child.stdout),
    new LineCount().take(child.stderr),
  ]);
  const { success } = await child.status;
  const ms = performance.now() - begin;
  await printed;
  if (!success) throw new Error(`${command[0]} failed`);
  return ms;
}

/** The peak memory in the text of a /proc status file, in MiB. */
function peakIn(status: string): number | undefined {
  const [, kib] = /^VmHWM:\s*(\d+) kB/m.exec(status) ?? [];
  return kib === undefined ? undefined : Number(kib) / 1024;
}

function peakOf(pid: number): number | undefined {
  try {
    return peakIn(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return undefined;
  }
}

function spawn(
  [program = "", ...args]: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Deno.ChildProcess {
  return new Deno.Command(program, {
    args,
    env: { ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

function firstMessage(peer: Peer, scenario: Scenario): object {
  if (scenario.task !== undefined) {
    return startupDetails({ dagId: "bench", taskId: scenario.task, date: peer.schema });
  }
  return {
    type: "DagFileParseRequest",
    file: peer.command.at(-1) ?? "",
    bundle_path: "/",
    bundle_name: "bench",
    callback_requests: [],
  };
}
