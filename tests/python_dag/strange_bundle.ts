/** A bundle with ids that Airflow allows and that are not valid Python names. */
import type { BundleMetadata } from "../../src/bundle/metadata.ts";

/** Its metadata. */
export const STRANGE: BundleMetadata = {
  sdk: { language: "typescript", version: "0.1.0", supervisorSchemaVersion: "2026-06-16" },
  dags: {
    strange: {
      tasks: [
        "class",
        "group.load",
        "2nd-step",
        "größe",
        "task",
        "...",
        "dag",
        "strange",
        "a-b",
        "a.b",
        "a_b",
        "None",
        "x".repeat(250),
      ],
      parameters: {
        a_b: [
          { name: "rows", required: true, schema: { type: "array", items: { type: "string" } } },
          { name: "since", required: false, schema: { type: "string", default: "it's \"\\" } },
          {
            name: "ratio",
            required: false,
            schema: { anyOf: [{ type: "number" }, { type: "null" }] },
          },
        ],
      },
    },
    "1.5": { tasks: ["a"] },
    dag: { tasks: ["a"] },
  },
};
