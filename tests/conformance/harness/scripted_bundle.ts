/**
 * Bundles whose program is `testdata/scripted_peer.py`. They send given frames, so that the harness
 * can be tested without this runtime.
 *
 * @module
 */

import type { Json } from "./task_run.ts";
import { type AirflowVersion, venvBin } from "./venv.ts";

/** A step of the scripted peer, see `testdata/scripted_peer.py`. */
export type Step =
  | { request: Json }
  | { send: Json }
  | { no_reply: Json }
  | { log: Json }
  | { log_startup: null }
  | { raw: string }
  | { close: null }
  | { exit: number }
  | { sleep: number }
  | { stdout: string }
  | { stderr: string }
  | { on_sigterm_exit: number }
  | { ignore_sigterm: null }
  | { close_fds: number[] };

/** The contents of a scripted bundle. */
export interface ScriptedBundle {
  dagId: string;
  /** Steps by task_id (`*` for any), or by task_id and try number. */
  tasks: { [task_id: string]: Step[] | { [try_number: string]: Step[] } };
  /** Steps before the sockets are connected. */
  beforeConnect?: Step[];
  /** "2026-06-16" by default. */
  schemaVersion?: string;
}

/** Writes an executable bundle with Airflow's trailer. */
export async function writeScriptedBundle(
  root: string,
  version: AirflowVersion,
  bundle: ScriptedBundle,
): Promise<void> {
  const code = utf8(`#!/bin/sh\n${await peerCommand(root, version, bundle)}\n`);
  const metadata = utf8(JSON.stringify({
    sdk: { supervisor_schema_version: bundle.schemaVersion ?? "2026-06-16" },
    dags: { [bundle.dagId]: { tasks: Object.keys(bundle.tasks) } },
  }));
  const trailer = new Uint8Array(64);
  const view = new DataView(trailer.buffer);
  view.setUint32(4, metadata.length, true);
  view.setUint32(8, 1, true);
  trailer.set(await sha256(code), 12);
  trailer.set(utf8("AFBNDL01"), 56);
  await writeParts(`${root}/${bundle.dagId}`, [code, metadata, trailer]);
}

/** Writes a `.min.mjs` bundle; returns the program to name as `node_executable`. */
export async function writeScriptedNodeBundle(
  root: string,
  version: AirflowVersion,
  bundle: ScriptedBundle,
): Promise<string> {
  await writeNodeBundle(`${root}/${bundle.dagId}.min.mjs`, {
    airflow_bundle_metadata_version: "1.0",
    sdk: {
      language: "typescript",
      version: "0.0.0",
      supervisor_schema_version: bundle.schemaVersion ?? "2026-06-16",
    },
    task_handlers: { [bundle.dagId]: { tasks: Object.keys(bundle.tasks) } },
  }, "throw new Error('the scripted peer runs in my place');\n");
  const node = `${root}/${bundle.dagId}-node`;
  const command = await peerCommand(root, version, bundle);
  await writeParts(node, [utf8(`#!/bin/sh\nshift\n${command}\n`)]);
  return node;
}

/** Writes a `.min.mjs` bundle of any SDK, in the layout that NodeCoordinator verifies. */
export async function writeNodeBundle(path: string, document: Json, text: string): Promise<void> {
  const [metadata, code] = [utf8(JSON.stringify(document)), utf8(text)];
  const shas = [hex(await sha256(metadata)), hex(await sha256(code))] as const;
  const mark = "//# airflowMetadata=";
  // The offsets in the layout line have a fixed width, so its length is known.
  const layout = (start: number): string => {
    const end = start + metadata.length;
    return `//# airflowBundle=${
      JSON.stringify({
        metadata: { start: offset(start), end: offset(end), sha256: shas[0] },
        sources: [],
        code: { start: offset(end + 1), end: offset(end + 1 + code.length), sha256: shas[1] },
      })
    }\n`;
  };
  const head = utf8(`${layout(layout(0).length + mark.length)}${mark}`);
  await writeParts(path, [head, metadata, utf8("\n"), code]);
}

async function peerCommand(
  root: string,
  version: AirflowVersion,
  { dagId, tasks, beforeConnect }: ScriptedBundle,
): Promise<string> {
  const scenario = `${root}/${dagId}.json`;
  await Deno.writeTextFile(scenario, JSON.stringify({ before_connect: beforeConnect, ...tasks }));
  const peer = new URL("../testdata/scripted_peer.py", import.meta.url).pathname;
  return `exec ${venvBin(version)}/python ${peer} ${scenario} "$@"`;
}

async function writeParts(path: string, parts: Uint8Array<ArrayBuffer>[]): Promise<void> {
  await Deno.writeFile(path, await new Blob(parts).bytes());
  await Deno.chmod(path, 0o755);
}

async function sha256(data: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data));
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function offset(value: number): string {
  return value.toString(16).padStart(16, "0");
}
