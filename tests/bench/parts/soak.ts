/**
 * Measures many launches, and many requests in one launch: memory should stay level, descriptors
 * should be closed, and no data should be missing.
 *
 * @module
 */
import { launch } from "../launch.ts";
import type { Peer } from "../peers/peer.ts";
import { markdown, median, shown } from "../table.ts";
import { SOAK_LINES, SOAK_READS } from "../work.ts";

/** The measurements of a soak. */
export interface Soak {
  /** The number of launches or requests. */
  readonly count: number;
  /** The duration in s. */
  readonly seconds: number;
  /** Memory in MiB over time: the peak of each launch, or samples of the resident memory. */
  readonly memory: readonly number[];
  /** Open descriptors early and late: the supervisor's for launches, the task's for requests. */
  readonly descriptors: readonly [number, number];
}

/** The number of memory samples. */
const SAMPLES = 200;

/**
 * Launches a task `count` times; each launch reads variables and writes lines.
 *
 * @throws {Error} if a launch fails, or a request or a line is missing
 */
export async function soakLaunches(peer: Peer, count: number): Promise<Soak> {
  const memory: number[] = [];
  let early = 0;
  const begin = performance.now();
  for (let i = 0; i < count; i++) {
    const seen = await launch(peer, {
      name: "soak",
      task: "soak_launch",
      unit: "ms",
      figure: ({ launchMs }) => launchMs,
      lines: SOAK_LINES,
      check: ({ requests, lines }) => {
        if (requests < SOAK_READS) throw new Error(`launch ${i}: ${requests} requests arrived`);
        const found = lines().filter((line) => line.includes("bench line ")).length;
        if (found !== SOAK_LINES) throw new Error(`launch ${i}: ${found} lines arrived`);
      },
    });
    memory.push(seen.peakMiB ?? NaN);
    // The first launches may open descriptors that stay open.
    if (i === Math.min(10, count - 1)) early = descriptorsOf("self");
  }
  const seconds = (performance.now() - begin) / 1000;
  return { count, seconds, memory, descriptors: [early, descriptorsOf("self")] };
}

/**
 * Launches one task that sends `count` requests, one after the other.
 *
 * @throws {Error} if it fails or a request is missing
 */
export async function soakRequests(peer: Peer, count: number): Promise<Soak> {
  const memory: number[] = [];
  const descriptors: number[] = [];
  const every = Math.max(1, Math.floor(count / SAMPLES));
  const begin = performance.now();
  await launch(peer, {
    name: "soak",
    task: "soak_requests",
    unit: "ms",
    figure: ({ launchMs }) => launchMs,
    count: String(count),
    limitMs: 60_000 + count,
    watch: (pid, requests) => {
      if (requests % every !== 0) return;
      memory.push(residentOf(pid));
      descriptors.push(descriptorsOf(String(pid)));
    },
    check: ({ requests }) => {
      if (requests <= count) throw new Error(`only ${requests} of ${count} requests arrived`);
    },
  });
  const seconds = (performance.now() - begin) / 1000;
  const [first = NaN, last = NaN] = [descriptors[0], descriptors.at(-1)];
  return { count, seconds, memory, descriptors: [first, last] };
}

/**
 * Returns the medians of the fourth tenth and of the last. V8 warms up before the fourth: with 50,000
 * requests until both halves of the young generation have been full.
 */
export function level({ memory }: Soak): readonly [number, number] {
  const tenth = Math.max(1, Math.floor(memory.length / 10));
  return [median(memory.slice(3 * tenth, 4 * tenth)), median(memory.slice(-tenth))];
}

/** Returns the table of both soaks. */
export function soakTable(launches: Soak, requests: Soak): string {
  const row = (name: string, soak: Soak, each: string): string[] => {
    const [early, late] = level(soak);
    // There are six tenths from the middle of the fourth to the middle of the last.
    const slope = (late - early) / (soak.count * 0.6);
    return [
      name,
      soak.count.toLocaleString("en"),
      shown(soak.seconds, 0),
      each,
      shown(early, 1),
      shown(late, 1),
      `${shown(1024 * slope, 3)} KiB`,
      soak.descriptors.join(" → "),
    ];
  };
  return markdown([
    ["soak", "count", "s", "each", "MiB early", "MiB late", "growth each", "descriptors"],
    row(
      `launches of ${SOAK_READS} reads and ${SOAK_LINES} lines`,
      launches,
      `${shown(1000 * launches.seconds / launches.count)} ms`,
    ),
    row(
      "requests in one task",
      requests,
      `${shown(1e6 * requests.seconds / requests.count)} µs`,
    ),
  ]);
}

function residentOf(pid: number): number {
  const [, kib] = /^VmRSS:\s*(\d+) kB/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`)) ?? [];
  return Number(kib) / 1024;
}

function descriptorsOf(process: string): number {
  return Array.from(Deno.readDirSync(`/proc/${process}/fd`)).length;
}
