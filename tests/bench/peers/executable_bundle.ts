/**
 * Any command as a bundle that Airflow's ExecutableCoordinator launches: a line of shell, metadata
 * and Airflow's trailer.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { writeMetadata } from "../../../src/bundle/metadata.ts";
import { writeTrailer } from "../../../src/bundle/trailer.ts";
import type { Peer } from "./peer.ts";

/** Writes the peer as a bundle of the Dag "bench" with the task "empty". */
export async function writeExecutableBundle(
  path: string,
  { command, schema }: Peer,
): Promise<void> {
  const encoder = new TextEncoder();
  const words = command.map((word) => `'${word}'`).join(" ");
  const executable = encoder.encode(`#!/bin/sh\nexec ${words} "$@"\n`);
  const metadata = encoder.encode(writeMetadata({
    sdk: { language: "executable", version: "0", supervisorSchemaVersion: schema },
    dags: { bench: { tasks: ["empty"] } },
  }));
  const trailer = writeTrailer({
    sourceLength: 0,
    metadataLength: metadata.length,
    sha256: createHash("sha256").update(executable).digest("hex"),
  });
  const bundle = await new Blob([executable, metadata, trailer]).bytes();
  await Deno.writeFile(path, bundle, { mode: 0o755 });
}
