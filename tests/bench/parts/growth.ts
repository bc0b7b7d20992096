/**
 * Measures how time and memory of our runtime grow with the payload: XComs of 1, 10 and 100 MB, and
 * 1, 10 and 100 thousand log lines.
 *
 * @module
 */
import { encode } from "../../../src/wire/encoder.ts";
import { launch } from "../launch.ts";
import type { Peer } from "../peers/peer.ts";
import type { Scenario, Seen } from "../scenario.ts";
import { markdown, median, shown } from "../table.ts";
import { bigText, GROWTH_LINES, GROWTH_MB, LINE_BYTES, rows, ROWS_PER_MB } from "../work.ts";

/** One kind of payload in one size. */
interface Step {
  readonly scenario: Scenario;
  /** The size of the payload, in bytes. */
  readonly bytes: number;
  readonly size: string;
}

function spanOf(seen: Seen): number {
  return seen.spanMs;
}

/** Returns a check that a large XCom has arrived in full. */
function expectPushed(bytes: number): (seen: Seen) => void {
  return ({ large }) => {
    const length = large[0]?.length ?? 0;
    if (length < bytes) throw new Error(`only ${length} of ${bytes} bytes arrived`);
  };
}

function xcomSteps(kind: "text" | "rows"): Step[][] {
  const value = (mb: number): unknown =>
    kind === "text" ? bigText(mb * 1e6) : rows(mb * ROWS_PER_MB);
  const bytes = (mb: number): number => encode(value(mb)).length;
  const step = (scenario: Scenario, mb: number): Step => ({
    scenario,
    bytes: bytes(mb),
    size: `${mb} MB`,
  });
  const common = { unit: "ms", figure: spanOf };
  return [
    GROWTH_MB.map((mb) =>
      step({
        ...common,
        name: `${kind} out`,
        task: `${kind}_out_${mb}`,
        check: expectPushed(bytes(mb)),
      }, mb)
    ),
    GROWTH_MB.map((mb) =>
      step({
        ...common,
        name: `${kind} in`,
        task: `${kind}_in_${mb}`,
        xcom: () => encode(value(mb)),
      }, mb)
    ),
  ];
}

function logSteps(): Step[] {
  return GROWTH_LINES.map((lines) => ({
    scenario: {
      name: "log lines",
      task: `logs_${lines}`,
      unit: "ms",
      figure: spanOf,
      lines,
      check: (seen) => {
        const found = seen.lines().filter((line) => line.includes("bench line ")).length;
        if (found !== lines) throw new Error(`${found} of ${lines} lines arrived`);
      },
    },
    bytes: lines * LINE_BYTES,
    size: lines.toLocaleString("en"),
  }));
}

/** Returns the table, medians of `rounds`. Memory is measured over the peak of a small task. */
export async function growthTable(
  peer: Peer,
  rounds: number,
  report: (text: string) => void,
): Promise<string> {
  const empty = await medians(peer, { name: "empty", task: "rtt", unit: "ms", figure: spanOf }, 3);
  const table = [[
    "growth",
    "size",
    "ms",
    "ms a MB",
    "time for 10 × the size",
    "peak, MiB",
    "the task's own before, MiB",
    "over Deno, × payload",
    "of it ours",
  ]];
  for (const steps of [...xcomSteps("text"), ...xcomSteps("rows"), logSteps()]) {
    let before = NaN;
    for (const { scenario, bytes, size } of steps) {
      report(`growth, ${scenario.name} ${size}\n`);
      const { ms, peak, mark } = await medians(peer, scenario, rounds);
      const mib = bytes / 1024 ** 2;
      table.push([
        scenario.name,
        size,
        shown(ms),
        shown(ms / (bytes / 1e6)),
        Number.isNaN(before) ? "" : `× ${shown(ms / before)}`,
        shown(peak),
        shown(mark - empty.mark),
        shown((peak - empty.mark) / mib, 1),
        shown((peak - mark) / mib, 1),
      ]);
      before = ms;
    }
  }
  return `Deno and the runtime take ${shown(empty.mark)} MiB before.\n\n${markdown(table)}`;
}

async function medians(
  peer: Peer,
  scenario: Scenario,
  rounds: number,
): Promise<{ ms: number; peak: number; mark: number }> {
  const all = [];
  for (let i = 0; i < rounds; i++) all.push(await launch(peer, scenario));
  return {
    ms: median(all.map(({ spanMs }) => spanMs)),
    peak: median(all.map(({ peakMiB = NaN }) => peakMiB)),
    mark: median(all.map(({ markPeakMiB = NaN }) => markPeakMiB)),
  };
}
