import { assertEquals } from "@std/assert";
import type { JsonObject, TaskArgBinding } from "../../../src/protocol/generated.ts";
import { deserialize } from "../../../src/runtime/context/deserialize.ts";
import { findMismatch } from "../../../src/runtime/task/value_schema.ts";
import { taskCommand } from "../../author_command.ts";
import { type Ran, runTask } from "../run_task.ts";

const command = taskCommand(new URL("../testdata/arguments.ts", import.meta.url));
const day = { __classname__: "datetime.date", __version__: 2, __data__: "2026-01-02" };

function run(taskId: string, bindings: readonly TaskArgBinding[] | null): Promise<Ran> {
  return runTask(taskId, {
    command,
    date: "2026-10-30",
    tiContext: { arg_bindings: bindings },
    fixtures: { xcoms: { extract: { return_value: [1, 2] }, today: { return_value: day } } },
  });
}

/** The message of the error that failed the task. */
function reason({ log }: Ran): string | undefined {
  const exception = log.at(-1)?.exception;
  return Array.isArray(exception) ? exception[0]?.exc_value : undefined;
}

Deno.test("bindArguments(): returns literals and XComs by name, and pulls each XCom once", async () => {
  const ran = await run("tells", [
    { name: "rows", kind: "xcom", task_id: "extract" },
    { name: "batch_size", kind: "literal", value: 5, value_schema: { type: "integer" } },
    { name: "again", kind: "xcom", task_id: "extract" },
    {
      name: "day",
      kind: "literal",
      value: null,
      value_schema: { type: "string" },
      from_default: true,
    },
  ]);
  assertEquals(ran.returned, {
    keys: ["rows", "batch_size", "again", "day"],
    values: [[1, 2], 5, [1, 2], null],
    camel: [5, 5],
    frozen: true,
  });
  assertEquals(ran.requests.filter(({ type }) => type === "GetXCom").length, 1);
});

Deno.test("bindArguments(): prefers a parameter's own name to a camel-cased one", async () => {
  const { returned } = await run("destructures", [
    { name: "batch_size", kind: "literal", value: 1 },
    { name: "batchSize", kind: "literal", value: 2 },
    {
      name: "day_of",
      kind: "xcom",
      task_id: "today",
      value_schema: { type: "string", format: "date" },
    },
  ]);
  assertEquals(returned, ["2026-01-02", 2]);
});

Deno.test("bindArguments(): returns no arguments when the call passes none", async () => {
  const { returned } = await run("tells", null);
  assertEquals(returned, { keys: [], values: [], camel: [null, null], frozen: false });
});

Deno.test("bindArguments(): returns no arguments on schema version 2026-06-16, and logs why", async () => {
  const ran = await runTask("tells", {
    command,
    env: { AIRFLOW__LOGGING__LOGGING_LEVEL: "DEBUG" },
  });
  assertEquals(ran.state, "success");
  assertEquals([ran.log[0]?.level, ran.log[0]?.event], [
    "debug",
    "No arguments: Airflow sends them to bundles with schema version 2026-10-30 or newer",
  ]);
});

for (
  const [name, binding, message] of [
    [
      "an XCom that is missing",
      { name: "rows", kind: "xcom", task_id: "missing" },
      'Cannot bind argument "rows" of task "runtime.tells": task "missing" has pushed no return value',
    ],
    [
      "an XCom of another type",
      {
        name: "rows",
        kind: "xcom",
        task_id: "extract",
        value_schema: { items: { type: "string" }, type: "array" },
      },
      'Cannot bind argument "rows" of task "runtime.tells" (the return value of task "extract"): ' +
      "the value at $[0] must be string, not an integer",
    ],
    [
      "a literal of another type",
      { name: "n", kind: "literal", value: "7", value_schema: { type: "integer" } },
      'Cannot bind argument "n" of task "runtime.tells": it must be integer, not a string',
    ],
  ] as const
) {
  Deno.test(`bindArguments(): names the argument when it gets ${name}`, async () => {
    const ran = await run("tells", [binding]);
    assertEquals([ran.state, reason(ran)], ["failed", message]);
  });
}

Deno.test("bindArguments(): passes null for a missing XCom when the parameter may be None", async () => {
  const { returned } = await run("tells", [{
    name: "rows",
    kind: "xcom",
    task_id: "missing",
    value_schema: { anyOf: [{ type: "array", items: {} }, { type: "null" }] },
  }]);
  assertEquals(Reflect.get(Object(returned), "values"), [null]);
});

const set = { __classname__: "builtins.set", __version__: 1, __data__: [1, 2] };
const node: JsonObject = {
  $defs: {
    Node: {
      type: "object",
      properties: {
        n: { type: "integer" },
        child: { anyOf: [{ $ref: "#/$defs/Node" }, { type: "null" }], default: null },
      },
      required: ["n"],
      additionalProperties: false,
    },
  },
  $ref: "#/$defs/Node",
};

// Schemas as pydantic makes them of annotations, in Airflow 3.4.0b2.
for (
  const [schema, value, expected] of [
    [{ type: "integer", format: "int64" }, 7, undefined],
    [{ type: "integer", format: "int64" }, 2n ** 60n, undefined],
    [{ type: "integer", format: "int64" }, 7.5, "it must be integer, not a number"],
    [{ type: "number", format: "double" }, 7, undefined],
    [{ type: "number", format: "double" }, true, "it must be number, not a boolean"],
    [{ type: "string", format: "binary" }, "x", undefined],
    [{ type: "string", format: "date" }, day, undefined],
    [{ type: "string", format: "date" }, "soon", "it must be string of format date, not a string"],
    [{ type: "string", format: "date-time" }, "2026-01-02T03:04:05Z", undefined],
    [{ type: "string" }, day, "it must be string, not a PlainDate"],
    [{ type: "object", additionalProperties: { type: "integer" } }, { a: 1 }, undefined],
    [
      { type: "object", additionalProperties: { type: "integer" } },
      { a: "x" },
      "the value at $.a must be integer, not a string",
    ],
    [{ type: "array", items: { type: "integer" }, uniqueItems: true }, set, undefined],
    [
      {
        type: "array",
        prefixItems: [{ type: "integer" }, { type: "string" }],
        minItems: 2,
        maxItems: 2,
      },
      [1, 2],
      "the value at $[1] must be string, not an integer",
    ],
    [{ type: "array", minItems: 2 }, [1], "it must have 2 items or more"],
    [{ enum: ["a", 1] }, 1, undefined],
    [{ enum: ["a", 1] }, "b", 'it must be one of "a", 1, not a string'],
    [{ const: "a" }, "a", undefined],
    [
      { anyOf: [{ type: "integer" }, { type: "string" }] },
      true,
      "it must be integer or string, not a boolean",
    ],
    [
      { anyOf: [{ type: "array", items: { type: "integer" } }, { type: "null" }] },
      ["x"],
      "the value at $[0] must be integer, not a string",
    ],
    [{ type: "integer", exclusiveMinimum: 1, maximum: 5, multipleOf: 2 }, 4, undefined],
    [{ type: "integer", exclusiveMinimum: 1 }, 1, "it must be greater than 1"],
    [{ type: "integer", multipleOf: 2 }, 3, "it must be a multiple of 2"],
    [{ type: "string", pattern: "^a", maxLength: 2 }, "ab", undefined],
    [{ type: "string", pattern: "^a" }, "b", 'it must match "^a"'],
    [{ type: "string", maxLength: 2 }, "abc", "it must have 2 characters or fewer"],
    [{ type: "string", pattern: "(?<" }, "b", undefined],
    [node, { n: 1, child: { n: 2, child: null } }, undefined],
    [node, { n: 1, child: { child: null } }, "the value at $.child.n is missing"],
    [node, { n: 1, other: 1 }, "the value at $.other is unknown"],
    [
      { type: "object", properties: { n: { type: "integer" } }, required: ["n"] },
      { __classname__: "etl.Row", __version__: 1, __data__: { n: 1 } },
      undefined,
    ],
    [{ $ref: "#/$defs/Loop", $defs: { Loop: { $ref: "#/$defs/Loop" } } }, 1, undefined],
    [{ "x-unheard-of": true }, 1, undefined],
  ] as const satisfies readonly (readonly [JsonObject, unknown, string | undefined])[]
) {
  const shown = `${JSON.stringify(schema)} for ${Deno.inspect(value)}`;
  Deno.test(`findMismatch(): ${expected === undefined ? "accepts" : "refuses"} ${shown}`, () => {
    assertEquals(findMismatch(deserialize(structuredClone(value)), schema), expected);
  });
}
