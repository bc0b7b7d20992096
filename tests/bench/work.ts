/**
 * The work of each scenario, the same for every runtime that is measured.
 *
 * A task first reads the variable "mark". The clock starts with the reply, so that the time for
 * preparing data does not count.
 *
 * @module
 */

/** The number of requests of `rtt` and `pipeline`. */
export const REQUESTS = 2_000;
/** The number of rows of the XComs. */
export const ROWS = 20_000;
/** The length of the large string, in bytes. */
export const BIG_BYTES: number = 16 * 1024 * 1024;
/** The number of lines of `logs`. */
export const LINES = 100_000;
/** The length of each line's text, in bytes. */
export const LINE_BYTES = 100;

/** The sizes of the growth tasks' XComs, in MB. */
export const GROWTH_MB: readonly number[] = [1, 10, 100];
/** The numbers of lines of the growth tasks of the log. */
export const GROWTH_LINES: readonly number[] = [1_000, 10_000, 100_000];
/** The number of rows in a MB, encoded. */
export const ROWS_PER_MB = 12_000;

/** The number of reads in each launch of the soak. */
export const SOAK_READS = 5;
/** The number of lines in each launch of the soak. */
export const SOAK_LINES = 50;

/** One row of an XCom. */
export interface Row {
  /** Its index. */
  id: number;
  /** A short text. */
  name: string;
  /** A float. */
  price: number;
  /** True for even indexes. */
  ok: boolean;
  /** Three short texts. */
  tags: string[];
}

/** The part of a runtime's API that the tasks use. */
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

/** Makes rows, the same ones each time. */
export function rows(count: number = ROWS): Row[] {
  return Array.from({ length: count }, (_, id) => ({
    id,
    name: `item number ${id}`,
    price: id * 1.25 + 0.01,
    ok: id % 2 === 0,
    tags: [`tag${id % 7}`, `group${id % 31}`, "bench"],
  }));
}

/** Makes a large string. */
export function bigText(bytes: number = BIG_BYTES): string {
  return "0123456789abcdef".repeat(bytes / 16);
}

/** Returns the text of the log line `index`. */
export function logLine(index: number): string {
  return `bench line ${String(index).padStart(6, "0")} `.padEnd(LINE_BYTES, "x");
}

/** The work of a task. */
type Work = (access: Access) => Promise<void>;

async function pushed(access: Access, value: string | Row[]): Promise<void> {
  await access.variable("mark");
  await access.push("grown", value);
}

async function pulled(access: Access): Promise<void> {
  await access.variable("mark");
  if (await access.pull("grown") === null) throw new Error("the XCom is missing");
}

async function logged(access: Access, count: number): Promise<void> {
  const lines = Array.from({ length: count }, (_, index) => logLine(index));
  await access.variable("mark");
  for (const line of lines) access.log(line);
}

/** The tasks of the part "Growth", three sizes each, e.g. "rows_out_10". */
const GROWTH_TASKS: Readonly<Record<string, Work>> = Object.fromEntries([
  ...GROWTH_MB.flatMap((mb): [string, Work][] => [
    [`text_out_${mb}`, (access) => pushed(access, bigText(mb * 1e6))],
    [`rows_out_${mb}`, (access) => pushed(access, rows(mb * ROWS_PER_MB))],
    [`text_in_${mb}`, pulled],
    [`rows_in_${mb}`, pulled],
  ]),
  ...GROWTH_LINES.map((count): [string, Work] => [
    `logs_${count}`,
    (access) => logged(access, count),
  ]),
]);

/** The tasks by their ids. */
export const TASKS: Readonly<Record<string, Work>> = {
  ...GROWTH_TASKS,

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

  logs: (access) => logged(access, LINES),

  /** Some requests and some lines, for a soak of many launches. */
  async soak_launch(access) {
    for (let i = 0; i < SOAK_READS; i++) await access.variable("region");
    for (let i = 0; i < SOAK_LINES; i++) access.log(logLine(i));
  },

  /** Sends requests one after the other; the variable "count" contains their number. */
  async soak_requests(access) {
    const count = Number(await access.variable("count"));
    for (let i = 0; i < count; i++) await access.variable("region");
  },
};
