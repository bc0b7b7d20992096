/**
 * Writes the generated part of src/protocol from Airflow's own schema.
 *
 * ```
 * deno run -A scripts/generate_protocol.ts            # writes
 * deno run -A scripts/generate_protocol.ts OLD NEW    # from two unpacked task-sdk wheels
 * ```
 *
 * Without arguments it reads the two pinned releases of apache-airflow-task-sdk from
 * `.tools/schemas`, and downloads them there with pip first.
 *
 * @module
 */
import {
  DISTRIBUTIONS,
  readFolder,
  readSources,
  type Sources,
} from "./generate_protocol/distribution.ts";
import { mergeProtocol, type Protocol } from "./generate_protocol/schema.ts";
import { tableLines } from "./generate_protocol/table.ts";
import { typeDeclarations } from "./generate_protocol/types.ts";

const TARGET = new URL("../src/protocol/", import.meta.url);

/** Generates the files; returns their formatted texts by name. */
export async function generate(
  sources: readonly [Sources, Sources],
): Promise<ReadonlyMap<string, string>> {
  const protocol = await mergeProtocol(sources);
  const [types, table] = await Promise.all([
    format(typesFile(protocol)),
    format(tableFile(protocol)),
  ]);
  return new Map([["generated.ts", types], ["generated_table.ts", table]]);
}

function header(protocol: Protocol, title: string): string {
  const origin = DISTRIBUTIONS.map((distribution, i) =>
    ` * - ${distribution.date}: apache-airflow-task-sdk ${distribution.version}, schema.json\n` +
    ` *   sha256 ${protocol.digests[i]}\n`
  ).join("");
  return `/**\n * ${title}\n *\n` +
    ` * Written by scripts/generate_protocol.ts; change that, not this file. Generated from\n${origin}` +
    ` *\n * @module\n */\n`;
}

function typesFile(protocol: Protocol): string {
  const dates = DISTRIBUTIONS.map(({ date }) => JSON.stringify(date)).join(" | ");
  return header(protocol, "The messages of the supervisor protocol, both directions.") +
    `import type { DateTime, JsonObject, JsonValue, WireDuration } from "./value.ts";
export type { DateTime, JsonObject, JsonValue, WireDuration };

/** The schema versions that this runtime supports. */
export type SchemaVersion = ${dates};

${typeDeclarations(protocol, DISTRIBUTIONS[1].date)}
`;
}

function tableFile(protocol: Protocol): string {
  const lines = [...tableLines(protocol)].map(([name, line]) =>
    `  ${name}: ${JSON.stringify(line)},\n`
  );
  const dates = DISTRIBUTIONS.map(({ date }) => JSON.stringify(date)).join(", ");
  const releases = DISTRIBUTIONS.map(({ date, airflow }) => `"${date}": "${airflow}"`).join(", ");
  return header(protocol, "The shape of each message; definition.ts reads it.") +
    `import type { SchemaVersion } from "./generated.ts";

/** The schema versions that this runtime supports, oldest first. */
export const SCHEMA_VERSIONS: readonly SchemaVersion[] = [${dates}];

/** The Airflow release of each schema version. */
export const AIRFLOW_RELEASES: Readonly<Record<SchemaVersion, string>> = { ${releases} };

/** One line for each definition, in the grammar of definition.ts. */
export const TABLE: Readonly<Record<string, string>> = {
${lines.join("")}};
`;
}

async function format(text: string): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--no-config", "--line-width=100", "--ext=ts", "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { success, stdout } = await child.output();
  if (!success) throw new Error("Cannot format the generated code: deno fmt failed");
  return new TextDecoder().decode(stdout);
}

/** Reads the sources from the given folders, or the pinned releases. */
async function readAll(folders: readonly string[]): Promise<[Sources, Sources]> {
  if (folders.length === 0) {
    return [await readSources(DISTRIBUTIONS[0]), await readSources(DISTRIBUTIONS[1])];
  }
  const read = async (folder: string | undefined): Promise<Sources> => {
    const path = await Deno.realPath(folder ?? "");
    const sources = await readFolder(new URL(`file://${path}/`));
    if (sources === undefined) throw new Error(`Cannot read ${folder}: no task-sdk in it`);
    return sources;
  };
  return [await read(folders[0]), await read(folders[1])];
}

if (import.meta.main) {
  for (const [name, text] of await generate(await readAll(Deno.args))) {
    await Deno.writeTextFile(new URL(name, TARGET), text);
  }
}
