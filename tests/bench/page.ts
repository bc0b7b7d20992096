/**
 * Writes RESULTS.md: a part for each kind of measurement, with its date and machine.
 *
 * A run replaces only the parts that it has measured.
 *
 * @module
 */
import { configArgs } from "../author_command.ts";

const RESULTS = new URL("RESULTS.md", import.meta.url);

/** The parts, in the page's order, with their explanations. */
const PARTS = {
  "Side by side": "",
  "The codec alone":
    "One process, values without timestamps; the codecs take turns. msgpackr runs without its native addon.",
  "Growth":
    "Our runtime alone. The goal: linear in time, and within 3 times the payload over Deno. " +
    "Memory that the task holds before the clock runs has a column of its own: rows are objects of " +
    "V8, several times as large as on the wire. A MB is 10^6 bytes, a MiB 2^20.",
  "A thousand Dags":
    "A bundle of 1,000 Dags of 20 tasks (many_dags.ts), and a Python file of the same Dags " +
    "(many_dags.py). Alone: from launch to the DagFileParsingResult, MB of the whole " +
    "frame. Under Airflow: from before its Dag processor starts the process until it has checked " +
    "the result and the process is gone, MB of the serialized Dags; its own import of Airflow does " +
    "not count. The peak is the parsing process's, which for the Python file is a fork of Airflow. " +
    "The limits are Airflow's defaults: 30 s for a runtime ([core] dagbag_import_timeout), and 50 s " +
    "for a Python file with its serialization ([dag_processor] dag_file_processor_timeout), of " +
    "which the import alone may take 30 s.",
  "A task under the real supervisor":
    "The task `empty` in Airflow's `supervise_task`, from its call to its return, with Airflow's API " +
    "server in the same process, with the delay of the second column for each call; the peers take turns. " +
    "Airflow sleeps a whole heartbeat interval if the sockets close before the process can be " +
    "reaped; such a run counts as stalled. The interval is 1 s here, Airflow's default 5 s.",
  "Soak": "The soak fails if a line or a request is missing. Early is the median " +
    "of the fourth tenth, late of the last: of the launches' peaks, and of the resident memory of the one " +
    "task. Descriptors are the supervisor's for the launches and the task's for the requests.",
} as const;

/** The heading of a part. */
export type PartName = keyof typeof PARTS;

/** Writes the measured parts to RESULTS.md, formatted. */
export async function keep(measured: ReadonlyMap<PartName, string>): Promise<void> {
  const old = await Deno.readTextFile(RESULTS).catch(() => "");
  const parts = Object.entries(PARTS).map(([name, preface]): string => {
    const text = [...measured].find(([measuredName]) => measuredName === name)?.[1];
    if (text === undefined) return partOf(old, name);
    return `## ${name}\n\n${made()} ${preface}\n\n${text.trim()}\n`;
  });
  await Deno.writeTextFile(
    RESULTS,
    `# Measured

Made by \`deno task bench --write\`. [README.md](README.md) explains the figures. Compare them within
a table only: they differ from machine to machine.

${parts.filter((part) => part !== "").join("\n")}`,
  );
  const args = ["fmt", "--quiet", ...configArgs(), RESULTS.pathname];
  await new Deno.Command(Deno.execPath(), { args, stdin: "null" }).output();
}

/** Returns a part of the current page with its heading; empty if it is missing. */
function partOf(text: string, name: string): string {
  const start = text.indexOf(`## ${name}\n`);
  if (start < 0) return "";
  const end = text.indexOf("\n## ", start);
  return end < 0 ? text.slice(start) : text.slice(start, end + 1);
}

function made(): string {
  const [model = "unknown"] = /(?<=model name\s*: ).*/.exec(read("/proc/cpuinfo")) ?? [];
  const date = Temporal.Now.plainDateISO("UTC");
  return `${date}, Deno ${Deno.version.deno}, ${Deno.build.target}, ` +
    `${navigator.hardwareConcurrency} cores (${model}).`;
}

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
