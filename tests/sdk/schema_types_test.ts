// What the compiler makes of schemas: this file is checked by `deno check`, and mistakes that it
// must refuse are marked as such, which fails where it does not.

import { assertEquals, assertThrows } from "@std/assert";
import { TaskHandler } from "../../mod.ts";
import { parametersOf } from "../../src/runtime/task/handler_schema.ts";
import { arktype } from "./testdata/arktype_schemas.ts";
import { valibot } from "./testdata/valibot_schemas.ts";
import { zod } from "./testdata/zod_schemas.ts";

/** Compiles for types that are the same only. */
function same<A, B>(
  ..._equal: (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? [] : [never]
): void {}

type Orders = { id: number; price: number }[];

Deno.test("TaskHandler: gives the arguments the types of their schema", () => {
  const handlers = [
    new TaskHandler("d", "zod", (args) => {
      same<typeof args, { orders: Orders; title: string }>();
      return args.title;
    }, { args: zod.args }),
    new TaskHandler("d", "valibot", (args) => {
      same<typeof args, { orders: Orders; title: string }>();
      return args.title;
    }, { args: valibot.args }),
    new TaskHandler("d", "arktype", (args) => {
      same<typeof args, { orders: Orders; title: string }>();
      return args.title;
    }, { args: arktype.args }),
    // @ts-expect-error: the schema gives a text
    new TaskHandler("d", "other", ({ title }: { title: number }) => title, { args: zod.args }),
    // @ts-expect-error: the schema gives no such argument
    new TaskHandler("d", "unknown", ({ tittle }) => tittle, { args: valibot.args }),
  ];
  assertEquals(handlers.length, 5);
});

Deno.test("TaskHandler: checks the result against the input of its schema", () => {
  const good = new TaskHandler("d", "good", () => ({ total: 1 }), { result: zod.result });
  same<ReturnType<typeof good.run>, { total: number } | Promise<{ total: number }>>();
  const handlers = [
    good,
    new TaskHandler("d", "late", () => Promise.resolve({ total: 1 }), { result: valibot.result }),
    // @ts-expect-error: the schema wants a number
    new TaskHandler("d", "text", () => ({ total: "1" }), { result: arktype.result }),
    // @ts-expect-error: the total may be missing
    new TaskHandler("d", "partial", (): { total?: number } => ({}), { result: zod.result }),
    // @ts-expect-error: it returns nothing
    new TaskHandler("d", "none", () => {}, { result: zod.result }),
  ];
  assertEquals(handlers.length, 5);
});

Deno.test("TaskHandler: infers the types from the handler when there are no schemas", () => {
  const handler = new TaskHandler("d", "t", ({ rows }: { rows: number }) => [rows]);
  same<ReturnType<typeof handler.run>, number[] | Promise<number[]>>();
  new TaskHandler("d", "u", (args) => same<typeof args, Readonly<Record<string, unknown>>>());
});

Deno.test("TaskHandler: refuses a schema that does not implement Standard Schema", () => {
  assertThrows(
    () => Reflect.construct(TaskHandler, ["d", "t", () => {}, { args: { type: "object" } }]),
    Error,
    'Cannot make the handler of task "d.t": option "args" must implement Standard Schema',
  );
});

for (const [library, { args }] of Object.entries({ zod, arktype })) {
  Deno.test(`parametersOf(): returns the parameters of a schema of ${library}`, () => {
    const told = parametersOf(args) ?? [];
    assertEquals(
      told.map(({ name, required }) => [name, required]).toSorted(),
      [["orders", true], ["title", false]],
    );
    assertEquals(
      Reflect.get(Object(told.find(({ name }) => name === "orders")?.schema), "type"),
      "array",
    );
  });
}

Deno.test("parametersOf(): returns undefined when the library cannot write JSON Schema", () => {
  assertEquals(parametersOf(valibot.args), undefined);
  assertEquals(parametersOf(undefined), undefined);
});

Deno.test("parametersOf(): adds only the definitions that a parameter refers to", () => {
  const $defs = { Row: { type: "object" } };
  const write = () => ({
    type: "object",
    properties: { row: { $ref: "#/$defs/Row" }, count: { type: "integer" } },
    required: ["row"],
    $defs,
  });
  const told = parametersOf({
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value) => ({ value }),
      jsonSchema: { input: write, output: write },
    },
  });
  assertEquals(told, [
    { name: "row", required: true, schema: { $ref: "#/$defs/Row", $defs } },
    { name: "count", required: false, schema: { type: "integer" } },
  ]);
});
