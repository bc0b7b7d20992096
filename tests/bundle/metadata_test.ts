import { assertEquals, assertThrows } from "@std/assert";
import { TaskRuntimeError } from "../../src/error.ts";
import {
  type BundleMetadata,
  checkId,
  checkSchemaVersion,
  readMetadata,
  writeMetadata,
  writeOneLine,
} from "../../src/bundle/metadata.ts";
import { METADATA } from "./bundle_parts.ts";

const encoder = new TextEncoder();

Deno.test("writeMetadata(): writes the Dags for both of Airflow's readers on one line", () => {
  const text = writeMetadata(METADATA);
  assertEquals(text.includes("\n"), false);
  const document = JSON.parse(text);
  assertEquals(document.dags, {
    etl: { tasks: ["extract", "transform"] },
    nightly: { tasks: ["clean"] },
  });
  assertEquals(document.task_handlers, document.dags);
  assertEquals(document.airflow_bundle_metadata_version, "1.0");
  assertEquals(document.sdk.supervisor_schema_version, "2026-06-16");
});

Deno.test("readMetadata(): reads the parameters of tasks and ignores invalid ones", () => {
  const parameters = {
    load: [{ name: "orders", required: true, schema: { type: "array" } }],
  };
  const dags = { etl: { tasks: ["load"], parameters } };
  const bytes = encoder.encode(writeMetadata({ ...METADATA, dags }));
  assertEquals(readMetadata(bytes, "x", "dags").dags["etl"], {
    tasks: ["load"],
    parameters: { load: parameters.load },
  });
  const odd = JSON.parse(writeMetadata(METADATA));
  odd.dags = { etl: { tasks: ["load"], parameters: { load: [1, { name: 2 }] } } };
  const read = readMetadata(encoder.encode(JSON.stringify(odd)), "x", "dags");
  assertEquals(read.dags["etl"]?.parameters, { load: [] });
});

Deno.test("readMetadata(): reads what writeMetadata() wrote, also for a Dag with the id __proto__", () => {
  const dags: BundleMetadata["dags"] = Object.fromEntries([
    ["__proto__", { tasks: ["constructor"] }],
    ["größe.日本-1_x", { tasks: [] }],
  ]);
  const metadata = { ...METADATA, dags, entrypointPath: "main.ts" };
  for (const key of ["dags", "task_handlers"] as const) {
    const read = readMetadata(encoder.encode(writeMetadata(metadata)), "x", key);
    assertEquals(Object.entries(read.dags), Object.entries(dags));
    assertEquals(Object.getPrototypeOf(read.dags), Object.prototype);
    assertEquals(read.entrypointPath, "main.ts");
  }
});

Deno.test("writeOneLine(): escapes characters that end a comment or that YAML refuses", () => {
  const value = "\n\r\t\u2028\u2029\u007f\u0085\ufeff\uffff é😀";
  const text = writeOneLine({ value });
  assertEquals(/[\n\r\u2028\u2029\u007f-\u009f\ufeff\uffff]/.test(text), false);
  assertEquals(JSON.parse(text), { value });
});

Deno.test("checkId(): accepts and refuses ids by Airflow's rule", () => {
  for (const id of ["etl", "group.task-1_x", "größe", "a".repeat(250)]) checkId("dag_id", id);
  for (const id of ["", "a b", "a/b", "etl\n", "a".repeat(251), "😀"]) {
    assertThrows(() => checkId("task_id", id), TaskRuntimeError, `Cannot use task_id "${id}": `);
  }
});

Deno.test("checkSchemaVersion(): throws when the version is not a date", () => {
  checkSchemaVersion("2026-06-16");
  for (const date of ["", "2026-6-16", "2026-13-01", "2026-02-30", "latest"]) {
    assertThrows(() => checkSchemaVersion(date), TaskRuntimeError, "YYYY-MM-DD");
  }
});

Deno.test("writeMetadata(): throws when there is no Dag or Airflow refuses an id", () => {
  assertThrows(() => writeMetadata({ ...METADATA, dags: {} }), TaskRuntimeError, "no Dag");
  const dags = { etl: { tasks: ["a b"] } };
  assertThrows(() => writeMetadata({ ...METADATA, dags }), TaskRuntimeError, 'task_id "a b"');
});

Deno.test("readMetadata(): names the field that is missing", () => {
  const sdk = { language: "typescript", version: "1", supervisor_schema_version: "2026-06-16" };
  const version = { airflow_bundle_metadata_version: "1.0" };
  for (
    const [text, reason] of [
      ["sdk: {}", "not JSON; other SDKs write YAML"],
      ["[]", "not a mapping"],
      [JSON.stringify({ sdk, dags: {} }), "only 1.x is known"],
      [
        JSON.stringify({ airflow_bundle_metadata_version: "2.0", sdk, dags: {} }),
        "only 1.x is known",
      ],
      [JSON.stringify({ ...version, dags: {} }), "no sdk mapping"],
      [JSON.stringify({ ...version, sdk: {}, dags: {} }), "no sdk.supervisor_schema_version"],
      [JSON.stringify({ ...version, sdk }), "no dags mapping"],
    ] as const
  ) {
    assertThrows(
      () => readMetadata(encoder.encode(text), "/b/x", "dags"),
      TaskRuntimeError,
      reason,
    );
  }
  assertThrows(
    () => readMetadata(new Uint8Array([0xff]), "/b/x", "dags"),
    TaskRuntimeError,
    "not valid UTF-8",
  );
});
