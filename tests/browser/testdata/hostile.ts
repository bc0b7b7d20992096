// A Dag whose logs, XComs and errors try to break out of the page that shows them.
import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";

const HOSTILE = `</script></style></title><img src=x onerror="globalThis.broken=1">'"&amp;\u202e`;

const SALES = { name: "sales", uri: "s3://sales" };

const load = new TaskHandler("shop", "load", async (_args, ctx) => {
  const shop = await ctx.connections.get("shop");
  ctx.log.info(`signed in with ${shop.password}`, { host: shop.host });
  ctx.log.debug("not shown by default");
  await ctx.xcoms.push("rows", Array.from({ length: 500 }, (_, index) => ({ index, sum: index * 2 })));
  await ctx.xcoms.push("long", "x".repeat(50_000));
  await ctx.xcoms.push("credentials", { password: "hunter2hunter2", note: `is ${shop.password}` });
  ctx.outlets.add(SALES, { rows: 500 });
  return { region: "eu", totals: [{ day: "2026-01-01", sum: 42 }] };
}, { outlets: [SALES] });

const hostile = new TaskHandler("shop", "hostile", async (_args, ctx) => {
  ctx.log.warn(HOSTILE, { [HOSTILE]: HOSTILE, nested: { [HOSTILE]: [HOSTILE] } });
  console.log("a second line\nbelow the first");
  await ctx.xcoms.push(`<img src=x onerror='globalThis.broken=1'>`.replaceAll("/", ""), { [HOSTILE]: { deep: HOSTILE } });
  throw new Error(HOSTILE, { cause: new TypeError(`the cause ${HOSTILE}`) });
});

await new Bundle().register(load, hostile).serve();
