/**
 * Valid and broken workers, for which doctor and Airflow must agree.
 *
 * @module
 */
import { assembleNodeBundle } from "../../../src/bundle/node_bundle.ts";
import { assembleThinBundle } from "../../../src/bundle/thin_bundle.ts";
import type { BundleMetadata } from "../../../src/bundle/metadata.ts";

/** One worker. */
export interface DoctorCase {
  /** A description. */
  readonly name: string;
  /** Fills the folder that is searched. */
  readonly fill: (folder: string) => Promise<void>;
  /** The settings; `FOLDER` in them stands for the folder. By default those of the release. */
  readonly config?: string;
  /** Variables of the environment, `FOLDER` likewise. */
  readonly env?: Readonly<Record<string, string>>;
  /** The coordinator of the settings by default. */
  readonly coordinator?: "executable" | "node";
  /** The release of the case; both by default. */
  readonly only?: "3.3" | "3.4";
}

/** The Dags to look up. */
export const DAGS: readonly string[] = ["etl", "second", "größe", "absent"];

const EXECUTABLE = "airflow.sdk.coordinators.executable.ExecutableCoordinator";
const NODE = "airflow.sdk.coordinators.node.NodeCoordinator";

function metadata(dags: readonly string[], date: string): BundleMetadata {
  return {
    sdk: { language: "typescript", version: "0.1.0", supervisorSchemaVersion: date },
    dags: Object.fromEntries(dags.map((dagId) => [dagId, { tasks: ["a", "b"] }])),
  };
}

function thin(dags: readonly string[], date = "2026-06-16"): Uint8Array {
  return assembleThinBundle({ code: "await 1;", metadata: metadata(dags, date) });
}

function node(dags: readonly string[], date = "2026-06-16"): Uint8Array {
  return assembleNodeBundle({ code: "await 1;", metadata: metadata(dags, date) });
}

async function write(path: string, bytes: Uint8Array, mode = 0o755): Promise<void> {
  await Deno.mkdir(path.replace(/\/[^/]*$/, ""), { recursive: true });
  await Deno.writeFile(path, bytes);
  await Deno.chmod(path, mode);
}

function changed(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  const index = at < 0 ? copy.length + at : at;
  copy[index] = (copy[index] ?? 0) ^ 1;
  return copy;
}

/** Metadata without a schema version, of the same length, so that the trailer stays valid. */
function withoutSchema(bytes: Uint8Array): Uint8Array {
  const text = new TextDecoder("latin1").decode(bytes)
    .replace("supervisor_schema_version", "supervisor_schema_versioN");
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Valid settings for a release. */
export function goodConfig(release: "3.3" | "3.4", kind: "executable" | "node"): string {
  const kwargs = release === "3.3"
    ? '{"executables_root": ["FOLDER"]}'
    : '{"task_handler_bundle_name": "deno-bundles"}';
  const classpath = kind === "node" ? NODE : EXECUTABLE;
  return `[dag_processor]
dag_bundle_config_list = [
    {"name": "dags-folder", "classpath": "airflow.dag_processing.bundles.local.LocalDagBundle", "kwargs": {}},
    {"name": "deno-bundles", "classpath": "airflow.dag_processing.bundles.local.LocalDagBundle", "kwargs": {"path": "FOLDER"}}
  ]

[core]
load_examples = False
dags_folder = FOLDER/dags

[sdk]
# Two queues, one coordinator.
coordinators = {"deno": {"classpath": "${classpath}", "kwargs": ${kwargs}}}
queue_to_coordinator = {"deno": "deno", "typescript": "deno"}
`;
}

const good = (folder: string): Promise<void> => write(`${folder}/etl`, thin(["etl", "größe"]));

function sdk(coordinators: string, queues = '{"deno": "deno"}'): string {
  return `[core]\nload_examples = False\ndags_folder = FOLDER\n\n[sdk]\n` +
    `coordinators = ${coordinators}\nqueue_to_coordinator = ${queues}\n`;
}

function spec(kwargs: string, classpath = EXECUTABLE): string {
  return `{"deno": {"classpath": "${classpath}", "kwargs": ${kwargs}}}`;
}

/** The cases. */
export const DOCTOR_CASES: readonly DoctorCase[] = [
  { name: "a bundle", fill: good },
  { name: "an empty folder", fill: () => Promise.resolve() },
  {
    name: "bundles in folders of folders, hidden ones and through symbolic links",
    async fill(folder) {
      await write(`${folder}/a/.b/c/etl`, thin(["etl"]));
      await write(`${folder}/else/where/second`, thin(["second"]));
      await Deno.symlink(folder, `${folder}/a/loop`);
      await Deno.symlink(`${folder}/else/where/second`, `${folder}/link`);
      await Deno.symlink(`${folder}/nowhere`, `${folder}/broken`);
    },
  },
  {
    name: "several bundles for a Dag, in the file system's order",
    async fill(folder) {
      for (const name of ["z", "m", "a", "q", "b"]) {
        await write(`${folder}/${name}/etl`, thin(["etl", "second"]));
      }
    },
  },
  {
    name: "a valid bundle and one whose code was changed",
    async fill(folder) {
      await write(`${folder}/etl`, changed(thin(["etl"]), 40));
      await write(`${folder}/second`, thin(["second"]));
    },
  },
  {
    name: "trailers of another version, with bytes not zero, cut, and alone",
    async fill(folder) {
      const bytes = thin(["etl"]);
      await write(`${folder}/version`, changed(bytes, -56));
      await write(`${folder}/reserved`, changed(bytes, -12));
      await write(`${folder}/cut`, bytes.subarray(0, -1));
      await write(`${folder}/alone`, bytes.subarray(-64));
      await write(`${folder}/none`, new Uint8Array());
    },
  },
  {
    name: "a bundle that is not executable",
    fill: (folder) => write(`${folder}/etl`, thin(["etl"]), 0o644),
  },
  {
    name: "a bundle of the newer schema",
    fill: (folder) => write(`${folder}/etl`, thin(["etl"], "2026-10-30")),
  },
  {
    name: "a bundle of a schema to come, and one of now",
    async fill(folder) {
      await write(`${folder}/a`, thin(["etl", "second"], "2030-01-01"));
      await write(`${folder}/b`, thin(["etl"]));
    },
  },
  {
    name: "a bundle without a schema version",
    fill: (folder) => write(`${folder}/etl`, withoutSchema(thin(["etl"]))),
  },
  {
    name: "a node bundle among executables",
    async fill(folder) {
      await write(`${folder}/etl.min.mjs`, node(["etl"]));
      await write(`${folder}/second`, thin(["second"]));
    },
  },
  {
    name: "node bundles, the first by name wins",
    coordinator: "node",
    async fill(folder) {
      await write(`${folder}/b/etl.min.mjs`, node(["etl", "second"]), 0o644);
      await write(`${folder}/a/z.min.mjs`, node(["etl", "größe"]), 0o644);
      await write(`${folder}/a/Z.min.mjs`, node(["etl"], "2026-10-30"), 0o644);
      await write(`${folder}/etl`, thin(["second"]));
    },
  },
  {
    name: "node bundles that are damaged",
    coordinator: "node",
    async fill(folder) {
      await write(`${folder}/a.min.mjs`, changed(node(["etl"]), -3));
      await write(`${folder}/b.min.mjs`, node(["second"]).subarray(0, 300));
      await write(`${folder}/c.min.mjs`, new TextEncoder().encode("export {};\n"));
      await write(`${folder}/d.min.mjs`, node(["größe"], "2030-01-01"));
    },
  },
  {
    name: "a variable of the environment over the file",
    fill: good,
    env: { AIRFLOW__SDK__QUEUE_TO_COORDINATOR: '{"other": "deno"}' },
  },
  {
    name: "a command for a setting that is not secret, which Airflow ignores",
    fill: good,
    env: { AIRFLOW__SDK__QUEUE_TO_COORDINATOR_CMD: "echo {}" },
  },
  { name: "an empty variable over the file", fill: good, env: { AIRFLOW__SDK__COORDINATORS: "" } },
  { name: "no coordinator", fill: good, config: "[core]\nload_examples = False\n" },
  { name: "a queue to nowhere", fill: good, config: sdk("{}", '{"deno": "deno"}') },
  { name: "coordinators that are not JSON", fill: good, config: sdk("{deno}") },
  { name: "a coordinator without a classpath", fill: good, config: sdk('{"deno": {}}') },
  { name: "the setting of 3.3", fill: good, config: sdk(spec('{"executables_root": ["FOLDER"]}')) },
  { name: "a root as a text", fill: good, config: sdk(spec('{"executables_root": "FOLDER/etl"}')) },
  { name: "no root", fill: good, config: sdk(spec("{}")) },
  { name: "an empty list of roots", fill: good, config: sdk(spec('{"executables_root": []}')) },
  {
    name: "a name that no Dag bundle has",
    fill: good,
    config: sdk(spec('{"task_handler_bundle_name": "nope"}')),
  },
  {
    name: "an argument that is unknown",
    fill: good,
    config: sdk(spec('{"executable_root": ["FOLDER"]}')),
  },
  {
    name: "a Dag bundle that is not there",
    fill: good,
    only: "3.4",
    config: goodConfig("3.4", "executable").replace('"path": "FOLDER"', '"path": "FOLDER/nope"'),
  },
  {
    name: "values over lines, with %% and variables of the environment",
    fill: good,
    env: { BUNDLES: "FOLDER" },
    config: sdk(
      `{\n  "deno": {\n    "classpath": "${EXECUTABLE}",\n    # not a part of it\n\n` +
        `    "kwargs": {"executables_root": ["$BUNDLES", "/100%%"]}}}`,
    ),
  },
  {
    name: "NodeCoordinator with a node executable",
    fill: (folder) => write(`${folder}/etl.min.mjs`, node(["etl"])),
    config: sdk(spec('{"node_executable": "/no/such/node"}', NODE)),
  },
];
