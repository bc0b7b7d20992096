/**
 * Turns figures into medians, ratios and tables.
 *
 * @module
 */
import type { Peer } from "./peers/peer.ts";
import { type Scenario, SIZES } from "./scenario.ts";
import { markdown, median, shown } from "./table.ts";

/** All figures of one peer in one scenario. */
export interface Series {
  /** The scenario. */
  readonly scenario: Scenario;
  /** The peer. */
  readonly peer: Peer;
  /** Its figures, one for each round. */
  readonly figures: number[];
  /** Its peak memory in each round, in MiB. */
  readonly peaks: number[];
}

/** The two ways to run our bundles on a worker. */
const OURS = ["binary", "deno"] as const;

/** Formats the figures as tables in Markdown: time with ratios and goals, then memory. */
export function tables(series: readonly Series[], peers: readonly Peer[]): string {
  const scenarios = [...new Set(series.map(({ scenario }) => scenario))];
  const medianOf = (key: "figures" | "peaks") => (scenario: Scenario, name: string): number =>
    median(
      series.find((each) => each.scenario === scenario && each.peer.name === name)?.[key] ?? [],
    );
  const [figure, peak] = [medianOf("figures"), medianOf("peaks")];
  const names = peers.map(({ name }) => name);
  const ways = OURS.filter((way) => names.includes(way));
  const time = [
    ["median", "unit", ...names, ...ways.map((way) => `${way} / ts-sdk`), "goal"],
    ...scenarios.map((scenario) => [
      scenario.name,
      scenario.unit,
      ...names.map((name) => shown(figure(scenario, name))),
      ...ways.map((way) => shown(figure(scenario, way) / figure(scenario, "ts-sdk"), 2)),
      goalsText(scenario, (name) => figure(scenario, name)),
    ]),
  ];
  const memory = [
    ["peak memory, MiB", ...names],
    ...scenarios.filter(({ launches = 1 }) => launches === 1).map((scenario) => [
      scenario.name,
      ...names.map((name) => shown(peak(scenario, name))),
    ]),
  ];
  return `${markdown(time)}\n${markdown(memory)}`;
}

/** Returns the text of the comparison. */
export function comparison(
  series: readonly Series[],
  peers: readonly Peer[],
  rounds: number,
): string {
  return `Medians of ${rounds} launches; the peers take turns, and the first launch of each does not count.
${SIZES}; over TCP to a supervisor that answers one request at a time, with Nagle's algorithm on as
in Airflow. \`empty\`, \`parse\` and \`many\` take the time from launch to exit. All others take the time
from the reply to the first read to the terminal frame and the last log line.

${peers.map(({ name, about }) => `- **${name}**: ${about}`).join("\n")}

ts-sdk has no logger for authors, so its \`logs\` are lines of stdout, which Airflow logs as well.

${tables(series, peers)}`;
}

/** Each goal with its result, e.g. `0.4 × ts-sdk: binary 0.38 reached, deno 0.41 missed`. */
function goalsText({ goals = [] }: Scenario, figure: (peer: string) => number): string {
  return goals.map(({ peer, most, of }) => {
    const results = (of === undefined ? OURS : [of]).map((way) => {
      const value = peer === undefined ? figure(way) : figure(way) / figure(peer);
      if (Number.isNaN(value)) return `${way} not measured`;
      return `${way} ${shown(value, 2)} ${value <= most ? "reached" : "missed"}`;
    });
    return `${most}${peer === undefined ? "" : ` × ${peer}`}: ${results.join(", ")}`;
  }).join("; ");
}
