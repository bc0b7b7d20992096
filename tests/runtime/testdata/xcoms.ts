// Tasks that read and write XComs, variables and connections; run by xcoms_test.ts here and in
// tests/conformance.
import { Bundle, TaskHandler, TaskRuntimeError } from "@airflow-deno/task-runtime";
import type { Handler } from "@airflow-deno/task-runtime";

async function refused(ask: () => Promise<unknown>): Promise<unknown> {
  try {
    return ["answered", await ask()];
  } catch (error) {
    if (!(error instanceof TaskRuntimeError)) throw error;
    return [error.code, error.message];
  }
}

const tasks: Record<string, Handler> = {
  returns_types: () => ({
    at: new Date("2026-01-02T03:04:05.678Z"),
    day: Temporal.PlainDate.from("2026-01-02"),
    ids: new Set([1, 2]),
    names: new Map([["a", 1]]),
    big: 2n ** 60n,
    span: Temporal.Duration.from("PT90S"),
  }),
  reads_types: async (_args, ctx) => {
    const value = await ctx.xcoms.pull<Record<string, unknown>>("python");
    const kinds = Object.entries(value ?? {}).map(([name, field]) => [
      name,
      typeof field === "object" && field !== null ? field.constructor.name : typeof field,
      field instanceof Set ? [...field] : String(field),
    ]);
    return { kinds: kinds.sort(), again: value };
  },
  reads_mapped: async (_args, ctx) => ({
    all: await Array.fromAsync(ctx.xcoms.values<number>("mapped")),
    none: await Array.fromAsync(ctx.xcoms.values("nothing")),
    count: await ctx.xcoms.count("mapped"),
    third: await ctx.xcoms.item("mapped", 2),
    last: await ctx.xcoms.item("mapped", -1),
    beyond: await ctx.xcoms.item("mapped", 999, { default: "none" }),
    missing: await refused(() => ctx.xcoms.item("mapped", 999)),
    one: await ctx.xcoms.pull("mapped", { mapIndex: 1 }),
    slice: await ctx.xcoms.slice("mapped", { start: -6, stop: -1, step: 2 }),
    backwards: await ctx.xcoms.slice("mapped", { start: 4, step: -1 }),
  }),
  reads_elsewhere: async (_args, ctx) => [
    await ctx.xcoms.pull("start", { dagId: "other", runId: "before", key: "k" }),
    await ctx.xcoms.pull("start", { key: "nothing", default: "fallback" }),
    await ctx.xcoms.pull("start", { key: "nothing", includePriorDates: true }),
  ],
  writes: async (_args, ctx) => {
    const rows = [{ id: 1 }];
    const sent = ctx.xcoms.push("rows", rows);
    rows.push({ id: 2 }); // too late: what was given is what is sent
    await sent;
    await ctx.xcoms.push("gone", 1);
    await ctx.xcoms.delete("gone");
    await ctx.xcoms.delete("never there");
  },
  writes_elsewhere: async (_args, ctx) => {
    const set = () => ctx.xcoms.push("mapped", "of another", { taskId: "start", mapIndex: 3 });
    return await refused(set);
  },
  refuses: async (_args, ctx) => [
    await refused(() => ctx.xcoms.push("", 1)),
    await refused(() => ctx.xcoms.pull("start", { key: "" })),
    await refused(() => ctx.xcoms.slice("mapped", { step: 0 })),
    await refused(() => ctx.xcoms.item("mapped", 1.5)),
    await refused(() => ctx.xcoms.push("k", { a: [1, new Uint8Array(1)] })),
    await refused(() => ctx.xcoms.push("k", { __classname__: "mine" })),
    await refused(() => ctx.xcoms.push("k", 2n ** 63n)),
    await refused(() => ctx.variables.setJson("k", { a: { b: NaN } })),
    await refused(() => ctx.variables.set("", "x")),
    await refused(() => ctx.xcoms.push("a?b", 1)),
    await refused(() => ctx.variables.get("a/../b")),
    await refused(() => ctx.connections.get("a%41")),
  ],
  returns_list: () => ["a", "b", "c"],
  returns_object: () => ({ a: 1, b: undefined, c: 2 }),
  returns_text: () => "text",
  returns_many: () => Array.from({ length: 1025 }, (_, index) => index),
  returns_rows: () =>
    Array.from({ length: 20_000 }, (_, id) => ({ id, name: `row ${id}`, price: id / 7, ok: true })),
  sets_length: async (_args, ctx) => {
    await ctx.xcoms.push("return_value", [1, 2], { mappedLength: false });
    await ctx.xcoms.push("return_value", [1, 2], { mappedLength: 2, dagResult: true });
  },
  uses_variables: async (_args, ctx) => {
    await ctx.variables.setJson("text", "a");
    await ctx.variables.setJson("json", { at: new Date(0) }, { description: "made by a test" });
    return [
      await ctx.variables.getJson("text"),
      await ctx.variables.get("text"),
      await ctx.variables.getJson("json"),
      await Array.fromAsync(ctx.variables.keys({ prefix: "json" })),
    ];
  },
  shows_connection: async (_args, ctx) => {
    const connection = await ctx.connections.get("warehouse");
    return {
      uri: connection.uri,
      url: [connection.url.hostname, connection.url.port, connection.url.pathname],
      shown: Deno.inspect(connection),
      json: JSON.stringify(connection),
      refused: await refused(() => ctx.xcoms.push("k", connection)),
      copied: { ...connection }.password,
    };
  },
  leaks: async (_args, ctx) => {
    const connection = await ctx.connections.get("warehouse");
    const token = await ctx.variables.get("api_token");
    const region = await ctx.variables.get("region");
    await ctx.maskSecret("told-by-hand");
    await ctx.maskSecret({ password: "told-by-name", city: "not-secret" });
    const { password } = connection;
    ctx.log.info(`password ${password}`, { token, url: connection.uri, region, connection });
    ctx.log.info("by hand: told-by-hand, told-by-name, not-secret");
    console.log("console", connection.password, connection);
    throw new Error(`cannot log in with ${password}`, { cause: new Error(`token ${token}`) });
  },
};

const bundle = new Bundle();
for (const [taskId, handler] of Object.entries(tasks)) {
  bundle.register(new TaskHandler("runtime", taskId, handler));
}
await bundle.serve();
