/**
 * The scenarios: each one's task, Airflow's replies, and the meaning of its figure.
 *
 * @module
 */
import { decode } from "../../src/wire/decoder.ts";
import { encode } from "../../src/wire/encoder.ts";
import { BIG_BYTES, bigText, LINES, logLine, REQUESTS, ROWS, rows } from "./work.ts";

/** The measurements of a launch. */
export interface Seen {
  /** Time from before the launch to the exit, in ms. */
  readonly launchMs: number;
  /** Time from before the launch to both connections, in ms. */
  readonly connectMs: number;
  /** Time from before the launch to the terminal frame, in ms. */
  readonly endMs: number;
  /** Time from the reply to "mark" to the terminal frame and the last log line, in ms. */
  readonly spanMs: number;
  /** Payloads too large to be decoded while the clock runs. */
  readonly large: readonly Uint8Array[];
  /** All lines of the log socket and of stdout. */
  readonly lines: () => string[];
  /** The number of requests, without the terminal message. */
  readonly requests: number;
}

/** A measurement. */
export interface Scenario {
  /** Its name in the table. */
  readonly name: string;
  /** Its task; undefined for a Dag parse. */
  readonly task?: string;
  /** The figure's unit. */
  readonly unit: string;
  /** The figure. */
  readonly figure: (seen: Seen) => number;
  /** The number of launches whose mean is one figure; 1 by default. */
  readonly launches?: number;
  /** The value in the reply to GetXCom, encoded. */
  readonly xcom?: () => Uint8Array;
  /** The value of the variable "count". */
  readonly count?: string;
  /** The supervisor's delay before each reply, in ms; 0 by default. */
  readonly replyMs?: number;
  /** Sends small replies at once. By default they wait for ACKs (Nagle), as in Airflow. */
  readonly noDelay?: boolean;
  /** The number of lines to await before the clock stops. */
  readonly lines?: number;
  /** Keeps the cores busy during the launch. */
  readonly isAwake?: boolean;
  /** Called before the reply to each request, with the process and the number of requests. */
  readonly watch?: (pid: number, requests: number) => void;
  /** The time limit of a launch, in ms; 30,000 by default. */
  readonly limitMs?: number;
  /** The maximum number of rounds. */
  readonly rounds?: number;
  /** Peers that are left out. */
  readonly without?: readonly string[];
  /** True if an empty program is a lower bound. */
  readonly isLaunch?: boolean;
  /** Throws if data is missing. */
  readonly check?: (seen: Seen) => void;
  /** The goal of our peers: a ratio to another peer, or a figure. */
  readonly goals?: readonly Goal[];
}

/** A bound on a figure, or on its ratio to that of a peer. */
export interface Goal {
  /** The peer; undefined for the figure itself. */
  readonly peer?: string;
  /** The bound. */
  readonly most: number;
  /** The way of running our bundles that it applies to; both by default. */
  readonly of?: "binary" | "deno";
}

const launch = (seen: Seen): number => seen.launchMs;
const span = (seen: Seen): number => seen.spanMs;
const perRequest = (seen: Seen): number => 1000 * seen.spanMs / REQUESTS;

function expectRequests(count: number): (seen: Seen) => void {
  return (seen) => {
    // The read of "mark" is one more, and a runtime may send requests of its own.
    if (seen.requests <= count) throw new Error(`only ${seen.requests} requests arrived`);
  };
}

/** The value of the SetXCom among the large payloads. */
function pushed(seen: Seen): unknown {
  const [payload] = seen.large;
  const frame = payload === undefined ? undefined : decode(payload);
  const body: unknown = Array.isArray(frame) ? frame[1] : undefined;
  if (typeof body !== "object" || body === null || Reflect.get(body, "type") !== "SetXCom") {
    throw new Error("no large SetXCom arrived");
  }
  return Reflect.get(body, "value");
}

function expectRows(seen: Seen): void {
  if (JSON.stringify(pushed(seen)) !== JSON.stringify(rows())) throw new Error("rows differ");
}

function expectText(seen: Seen): void {
  if (pushed(seen) !== bigText()) throw new Error("the text differs");
}

function expectLines(seen: Seen): void {
  const found = seen.lines().filter((line) => line.includes("bench line "));
  if (found.length !== LINES) throw new Error(`${found.length} of ${LINES} lines arrived`);
  found.forEach((line, index) => {
    if (!line.includes(logLine(index))) throw new Error(`line ${index} is missing or out of order`);
  });
}

/** All scenarios, in the table's order. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: "empty",
    task: "empty",
    unit: "ms",
    figure: launch,
    isLaunch: true,
    goals: [
      { of: "deno", peer: "ts-sdk", most: 0.6 },
      { of: "deno", peer: "empty module", most: 1.6 },
    ],
  },
  {
    name: "– to both connections",
    task: "empty",
    unit: "ms",
    figure: (seen) => seen.connectMs,
  },
  {
    name: "– to the terminal frame",
    task: "empty",
    unit: "ms",
    figure: (seen) => seen.endMs,
  },
  {
    name: "rtt",
    task: "rtt",
    unit: "µs/request",
    figure: perRequest,
    check: expectRequests(REQUESTS),
    goals: [{ peer: "ts-sdk", most: 0.4 }],
  },
  {
    name: "rtt, cores awake",
    task: "rtt",
    unit: "µs/request",
    figure: perRequest,
    isAwake: true,
    check: expectRequests(REQUESTS),
    goals: [{ peer: "ts-sdk", most: 0.4 }],
  },
  {
    name: "pipeline",
    task: "pipeline",
    unit: "µs/request",
    figure: perRequest,
    check: expectRequests(REQUESTS),
    goals: [{ peer: "ts-sdk", most: 0.7 }],
  },
  {
    name: "pipeline, cores awake",
    task: "pipeline",
    unit: "µs/request",
    figure: perRequest,
    isAwake: true,
    check: expectRequests(REQUESTS),
    goals: [{ peer: "ts-sdk", most: 0.7 }],
  },
  {
    name: "pipeline, no Nagle",
    task: "pipeline",
    unit: "µs/request",
    figure: perRequest,
    noDelay: true,
    check: expectRequests(REQUESTS),
  },
  {
    name: "3 reads at once, 8 ms each",
    task: "three",
    unit: "ms",
    figure: span,
    replyMs: 8,
    check: expectRequests(3),
    goals: [{ most: 30 }],
  },
  {
    name: "xcom-out",
    task: "xcom_out",
    unit: "ms",
    figure: span,
    check: expectRows,
    goals: [{ peer: "ts-sdk", most: 0.54 }],
  },
  {
    name: "xcom-in",
    task: "xcom_in",
    unit: "ms",
    figure: span,
    xcom: () => encode(rows()),
    check: expectRequests(1),
    goals: [{ peer: "ts-sdk", most: 0.32 }],
  },
  {
    name: "xcom-big out",
    task: "big_out",
    unit: "ms",
    figure: span,
    check: expectText,
    goals: [{ peer: "ts-sdk", most: 0.25 }],
  },
  {
    name: "xcom-big in",
    task: "big_in",
    unit: "ms",
    figure: span,
    xcom: () => encode(bigText()),
    check: expectRequests(1),
    goals: [{ peer: "ts-sdk", most: 0.07 }],
  },
  {
    name: "logs",
    task: "logs",
    unit: "ms",
    figure: span,
    lines: LINES,
    check: expectLines,
    goals: [{ peer: "ts-sdk", most: 0.44 }],
  },
  { name: "parse", unit: "ms", figure: launch, isLaunch: true },
  {
    name: "many",
    task: "empty",
    unit: "ms/launch",
    figure: launch,
    launches: 50,
    rounds: 3,
    // Each launch takes most of a second there, see "empty".
    without: ["python"],
    isLaunch: true,
  },
];

/** Describes the XComs and requests for the report. */
export const SIZES =
  `${REQUESTS} requests, ${ROWS} rows, ${BIG_BYTES} bytes of text, ${LINES} log lines`;
