/**
 * Measures our runtime beside others: plays Airflow's supervisor over real TCP, launches each
 * executable in turn with `--comm` and `--logs`, and prints medians with their ratios.
 *
 *   deno run -A tests/bench/driver.ts [--rounds N] [--only NAME]... [--peers NAME,…]
 *     [--runtime PATH] [--write]
 *
 * `--rounds` is 10 by default; `--only` takes the beginning of a scenario's name;
 * `--runtime` measures another build of the binary as well; `--write` puts the table into
 * tests/bench/RESULTS.md.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { configArgs } from "../author_command.ts";
import { launch, peakIn, runPlain } from "./launch.ts";
import { type Peer, peers } from "./peer.ts";
import { page, type Series, tables } from "./results.ts";
import { type Scenario, SCENARIOS } from "./scenario.ts";

const RESULTS = new URL("RESULTS.md", import.meta.url);

function tell(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}

/** Whether the peer can do this. */
function fits(peer: Peer, { task, isLaunch, without }: Scenario): boolean {
  if (without?.includes(peer.name)) return false;
  if (peer.isPlain) return isLaunch === true;
  return peer.tasks === undefined || (task !== undefined && peer.tasks.includes(task));
}

/** One figure and the peak memory that went with it. */
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
  { command }: Peer,
  { launches = 1 }: Scenario,
): Promise<[number, number | undefined]> {
  let sum = 0;
  for (let i = 0; i < launches; i++) sum += await runPlain(command);
  const [program = ""] = command;
  const { stdout } = await new Deno.Command(program, { args: ["memory"] }).output();
  return [sum / launches, peakIn(new TextDecoder().decode(stdout))];
}

/** All rounds of one scenario: each peer once a round, another one first each time. */
async function series(
  scenario: Scenario,
  among: readonly Peer[],
  rounds: number,
): Promise<Series[]> {
  const all = among.filter((peer) => fits(peer, scenario))
    .map((peer): Series => ({ scenario, peer, figures: [], peaks: [] }));
  tell(`${scenario.name} `);
  for (let round = -1; round < rounds; round++) {
    const first = Math.max(round, 0) % all.length;
    for (const entry of [...all.slice(first), ...all.slice(0, first)]) {
      const [figure, peak] = await measure(entry.peer, scenario);
      if (round < 0) continue;
      entry.figures.push(figure);
      if (peak !== undefined) entry.peaks.push(peak);
    }
    tell(".");
  }
  tell("\n");
  return all;
}

/** Writes the page, as the formatter wants it. */
async function keep(text: string): Promise<void> {
  await Deno.writeTextFile(RESULTS, text);
  const args = ["fmt", "--quiet", ...configArgs(), RESULTS.pathname];
  await new Deno.Command(Deno.execPath(), { args, stdin: "null" }).output();
}

async function main(): Promise<void> {
  const args = parseArgs(Deno.args, {
    string: ["rounds", "only", "peers", "runtime"],
    collect: ["only"],
    boolean: ["write"],
    default: { rounds: "10" },
  });
  const rounds = Number(args.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error("--rounds is a number from 1 on");
  const names = args.peers?.split(",");
  const among = (await peers(tell, args.runtime)).filter(({ name }) =>
    names?.includes(name) ?? true
  );
  const only = args.only.map(String);
  const found: Series[] = [];
  for (const scenario of SCENARIOS) {
    if (only.length > 0 && !only.some((name) => scenario.name.startsWith(name))) continue;
    found.push(...await series(scenario, among, rounds));
  }
  Deno.stdout.writeSync(new TextEncoder().encode(tables(found, among)));
  if (args.write) await keep(page(found, among, rounds));
}

await main();
