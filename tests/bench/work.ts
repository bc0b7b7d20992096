/**
 * The work of each scenario, the same for every runtime that is measured.
 *
 * A task first reads the variable "mark": the clock runs from the reply to it, so that what was
 * made ready before does not count.
 *
 * @module
 */

/** How many requests `rtt` and `pipeline` make. */
export const REQUESTS = 2_000;
/** How many rows the XComs have. */
export const ROWS = 20_000;
/** The length of the large string, in bytes. */
export const BIG_BYTES: number = 16 * 1024 * 1024;
/** How many lines `logs` writes. */
export const LINES = 100_000;
/** The length of each line's text, in bytes. */
export const LINE_BYTES = 100;

/** One row of an XCom. */
export interface Row {
  /** Its place, from 0. */
  id: number;
  /** Some text. */
  name: string;
  /** A float. */
  price: number;
  /** True for every other. */
  ok: boolean;
  /** Three short texts. */
  tags: string[];
}

/** What a task has of its runtime. */
export interface Access {
  /** Reads a variable. */
  variable(key: string): Promise<unknown>;
  /** Writes an XCom of the task. */
  push(key: string, value: string | Row[]): Promise<void>;
  /** Reads an XCom of the task "upstream". */
  pull(key: string): Promise<unknown>;
  /** Writes a line to the task log. */
  log(line: string): void;
}

/** Makes the rows, the same ones each time. */
export function rows(): Row[] {
  return Array.from({ length: ROWS }, (_, id) => ({
    id,
    name: `item number ${id}`,
    price: id * 1.25 + 0.01,
    ok: id % 2 === 0,
    tags: [`tag${id % 7}`, `group${id % 31}`, "bench"],
  }));
}

/** Makes the large string. */
export function bigText(): string {
  return "0123456789abcdef".repeat(BIG_BYTES / 16);
}

/** The text of the log line `index`. */
export function logLine(index: number): string {
  return `bench line ${String(index).padStart(6, "0")} `.padEnd(LINE_BYTES, "x");
}

/** The tasks by their ids, which are the scenarios' names. */
export const TASKS: Readonly<Record<string, (access: Access) => Promise<void>>> = {
  empty: () => Promise.resolve(),

  async rtt(access) {
    await access.variable("mark");
    for (let i = 0; i < REQUESTS; i++) await access.variable("region");
  },

  async pipeline(access) {
    await access.variable("mark");
    await Promise.all(Array.from({ length: REQUESTS }, () => access.variable("region")));
  },

  async three(access) {
    await access.variable("mark");
    await Promise.all(["region", "zone", "rack"].map((key) => access.variable(key)));
  },

  async xcom_out(access) {
    const value = rows();
    await access.variable("mark");
    await access.push("rows", value);
  },

  async xcom_in(access) {
    await access.variable("mark");
    const value = await access.pull("rows");
    if (!Array.isArray(value) || value.length !== ROWS) throw new Error("rows are missing");
  },

  async big_out(access) {
    const value = bigText();
    await access.variable("mark");
    await access.push("big", value);
  },

  async big_in(access) {
    await access.variable("mark");
    const value = await access.pull("big");
    if (typeof value !== "string" || value.length !== BIG_BYTES) throw new Error("text is missing");
  },

  async logs(access) {
    const lines = Array.from({ length: LINES }, (_, index) => logLine(index));
    await access.variable("mark");
    for (const line of lines) access.log(line);
  },
};
