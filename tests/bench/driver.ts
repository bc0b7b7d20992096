/**
 * Measures this runtime and others: acts as Airflow's supervisor over TCP, launches each executable
 * in turn with `--comm` and `--logs`, and prints medians with their ratios.
 *
 *   deno run -A tests/bench/driver.ts [--rounds N] [--only NAME]... [--peers NAME,…]
 *     [--soak] [--write]
 *
 * `--rounds` is 10 by default; `--only` takes the beginning of a scenario's name, or "codec",
 * "growth", "dags-1000" or "exits"; `--soak` runs only the soak; `--write` writes the results to
 * tests/bench/RESULTS.md.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { AwakeCores } from "./awake.ts";
import { codecTable } from "./parts/codec.ts";
import { supervisedTasksTable } from "./parts/supervised_tasks.ts";
import { growthTable } from "./parts/growth.ts";
import { launch, runPlain } from "./launch.ts";
import { parseTable } from "./parts/parse_many.ts";
import { binary, type Peer, peers } from "./peers/peer.ts";
import { keep, type PartName } from "./page.ts";
import { comparison, type Series } from "./results.ts";
import { type Scenario, SCENARIOS } from "./scenario.ts";
import { soakLaunches, soakRequests, soakTable } from "./parts/soak.ts";

const SOAK_LAUNCHES = 2_000;
const SOAK_REQUESTS = 1_000_000;

function report(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}

/** Returns true if the peer supports the scenario. */
function fits(peer: Peer, { task, isLaunch, without }: Scenario): boolean {
  if (without?.includes(peer.name)) return false;
  if (peer.isPlain) return isLaunch === true;
  return peer.tasks === undefined || (task !== undefined && peer.tasks.includes(task));
}

/** Returns one figure and the peak memory of its last launch. */
async function measure(peer: Peer, scenario: Scenario): Promise<[number, number | undefined]> {
  if (peer.isPlain) return await measurePlain(peer, scenario);
  const { launches = 1 } = scenario;
  let sum = 0;
  let peak: number | undefined;
  for (let i = 0; i < launches; i++) {
    const seen = await launch(peer, scenario);
    sum += scenario.figure(seen);
    peak = seen.peakMiB;
  }
  return [sum / launches, peak];
}

async function measurePlain(
  { command, env }: Peer,
  { launches = 1 }: Scenario,
): Promise<[number, number | undefined]> {
  let sum = 0;
  for (let i = 0; i < launches; i++) sum += await runPlain(command, env);
  return [sum / launches, undefined];
}

/** Runs all rounds of a scenario: each round runs every peer, and starts with another one. */
async function series(
  scenario: Scenario,
  among: readonly Peer[],
  rounds: number,
): Promise<Series[]> {
  const all = among.filter((peer) => fits(peer, scenario))
    .map((peer): Series => ({ scenario, peer, figures: [], peaks: [] }));
  report(`${scenario.name} `);
  await using cores = new AsyncDisposableStack();
  if (scenario.isAwake) cores.use(new AwakeCores());
  for (let round = -1; round < Math.min(rounds, scenario.rounds ?? rounds); round++) {
    const first = Math.max(round, 0) % all.length;
    for (const entry of [...all.slice(first), ...all.slice(0, first)]) {
      const [figure, peak] = await measure(entry.peer, scenario);
      if (round < 0) continue;
      entry.figures.push(figure);
      if (peak !== undefined) entry.peaks.push(peak);
    }
    report(".");
  }
  report("\n");
  return all;
}

/** The selection of the command line. */
interface Selection {
  readonly rounds: number;
  readonly peers: readonly string[] | undefined;
  /** Returns true if the part or scenario of this name is selected. */
  readonly includes: (name: string) => boolean;
}

/** Runs the selected scenarios with all peers in turn; returns the text. */
async function compare({ rounds, peers: names, includes }: Selection): Promise<string> {
  const scenarios = SCENARIOS.filter(({ name }) => includes(name));
  if (scenarios.length === 0) return "";
  const among = await peers(report, names);
  await using forks = new AsyncDisposableStack();
  for (const { fork } of among) forks.use(fork);
  const found: Series[] = [];
  for (const scenario of scenarios) found.push(...await series(scenario, among, rounds));
  return comparison(found, among, rounds);
}

/** The parts in addition to the comparison. */
const PARTS: readonly {
  readonly part: PartName;
  readonly name: string;
  readonly measure: (rounds: number) => Promise<string>;
}[] = [
  {
    part: "The codec alone",
    name: "codec",
    measure: (rounds) => codecTable(rounds, report),
  },
  {
    part: "Growth",
    name: "growth",
    measure: async (rounds) => await growthTable(await binary(), Math.min(rounds, 3), report),
  },
  {
    part: "A thousand Dags",
    name: "dags-1000",
    measure: (rounds) => parseTable(Math.min(rounds, 5), report),
  },
  {
    part: "A task under the real supervisor",
    name: "exits",
    measure: () => supervisedTasksTable(report),
  },
];

async function soak(): Promise<string> {
  const peer = await binary();
  const launches = await soakLaunches(peer, SOAK_LAUNCHES);
  return soakTable(launches, await soakRequests(peer, SOAK_REQUESTS));
}

/** Measures the selection and prints each part when it is complete. */
async function measureAll(
  selection: Selection,
  isSoak: boolean,
): Promise<ReadonlyMap<PartName, string>> {
  const measured = new Map<PartName, string>();
  const add = (part: PartName, text: string): void => {
    if (text === "") return;
    Deno.stdout.writeSync(new TextEncoder().encode(`\n${part}\n\n${text}`));
    measured.set(part, text);
  };
  if (isSoak) {
    add("Soak", await soak());
    return measured;
  }
  add("Side by side", await compare(selection));
  for (const { part, name, measure } of PARTS) {
    if (!selection.includes(name)) continue;
    try {
      add(part, await measure(selection.rounds));
    } catch (error) {
      report(`without ${name}: ${error instanceof Error ? error.message : error}\n`);
      Deno.exitCode = 1;
    }
  }
  return measured;
}

async function main(): Promise<void> {
  const args = parseArgs(Deno.args, {
    string: ["rounds", "only", "peers"],
    collect: ["only"],
    boolean: ["write", "soak"],
    default: { rounds: "10" },
  });
  const rounds = Number(args.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new Error("Cannot measure: --rounds must be a positive integer");
  }
  const only = args.only.map(String);
  const selection: Selection = {
    rounds,
    peers: args.peers?.split(","),
    includes: (name) => only.length === 0 || only.some((start) => name.startsWith(start)),
  };
  const measured = new Map(await measureAll(selection, args.soak));
  if (!args.write) return;
  const isWhole = selection.peers === undefined &&
    SCENARIOS.every(({ name }) => selection.includes(name));
  if (!isWhole && measured.delete("Side by side")) {
    report("Not writing the comparison: it needs all scenarios and peers.\n");
  }
  await keep(measured);
}

await main();
