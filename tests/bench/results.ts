/**
 * From figures to medians, ratios and the table that shows them.
 *
 * @module
 */
import type { Peer } from "./peer.ts";
import { type Scenario, SIZES } from "./scenario.ts";
import { markdown, median, shown } from "./table.ts";

/** All figures of one peer in one scenario. */
export interface Series {
  /** The scenario. */
  readonly scenario: Scenario;
  /** The peer. */
  readonly peer: Peer;
  /** Its figures, one a round. */
  readonly figures: number[];
  /** Its peak memory, one a round, in MiB. */
  readonly peaks: number[];
}

/** The figures as tables in Markdown: time with ratios and goals, then memory. */
export function tables(series: readonly Series[], peers: readonly Peer[]): string {
  const scenarios = [...new Set(series.map(({ scenario }) => scenario))];
  const others = peers.filter(({ name }) => name !== "ours");
  const of = (scenario: Scenario, name: string): Series | undefined =>
    series.find((entry) => entry.scenario === scenario && entry.peer.name === name);
  const ratio = (scenario: Scenario, name: string): number =>
    median(of(scenario, "ours")?.figures ?? []) / median(of(scenario, name)?.figures ?? []);
  const time = [
    [
      "median",
      "unit",
      ...peers.map(({ name }) => name),
      ...others.map((p) => `ours / ${p.name}`),
      "goal",
    ],
    ...scenarios.map((scenario) => [
      scenario.name,
      scenario.unit,
      ...peers.map(({ name }) => shown(median(of(scenario, name)?.figures ?? []))),
      ...others.map(({ name }) => shown(ratio(scenario, name), 2)),
      goalText(
        scenario,
        (name) => ratio(scenario, name),
        median(of(scenario, "ours")?.figures ?? []),
      ),
    ]),
  ];
  const memory = [
    ["peak memory, MiB", ...peers.map(({ name }) => name)],
    ...scenarios.filter(({ launches = 1 }) => launches === 1).map((scenario) => [
      scenario.name,
      ...peers.map(({ name }) => shown(median(of(scenario, name)?.peaks ?? []))),
    ]),
  ];
  return `${markdown(time)}\n${markdown(memory)}`;
}

/** All there is to say of the comparison. */
export function comparison(
  series: readonly Series[],
  peers: readonly Peer[],
  rounds: number,
): string {
  return `Medians of ${rounds}, the peers launched in turn, after one launch each that does not count.
${SIZES}; over TCP to a supervisor that answers one request at a time, with Nagle's algorithm on as
in Airflow. \`empty\`, \`parse\` and \`many\` run from launch to exit; all else from the reply to a
first read to the terminal frame, and to the last of the log lines.

${peers.map(({ name, about }) => `- **${name}**: ${about}`).join("\n")}

ts-sdk gives authors no logger, so its \`logs\` are lines of stdout, as Airflow takes them.

${tables(series, peers)}`;
}

function goalText(
  { goal }: Scenario,
  ratio: (peer: string) => number,
  figure: number,
): string {
  if (goal === undefined) return "";
  const value = goal.peer === undefined ? figure : ratio(goal.peer);
  const text = goal.peer === undefined ? `${goal.most}` : `${goal.most} × ${goal.peer}`;
  return Number.isNaN(value) ? text : `${text}: ${value <= goal.most ? "reached" : "missed"}`;
}
