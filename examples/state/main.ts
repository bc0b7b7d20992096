// Values that are kept between tries or runs. Try them: airflow-task-runtime dev examples/state/main.ts --fixtures examples/state/dev.json
import { Bundle, handlersFor } from "@airflow-deno/task-runtime";

const task = handlersFor("state");

const PAGES = 5;

/** Keeps its position in its state store: a second try continues where the first one failed. */
const importPages = task("import_pages", async (_args, ctx) => {
  const first = await ctx.state.get<number>("next_page", { default: 1 });
  ctx.log.info("importing", { from: first, to: PAGES });
  for (let page = first; page <= PAGES; page++) {
    if (page === 3 && ctx.tryNumber === 1) throw new Error("The service hung up");
    await ctx.state.set("next_page", page + 1, { retention: { days: 1 } });
  }
  await ctx.state.clear();
  return { pages: PAGES - first + 1 };
});

/** Keeps the last row that it read in the state store of an asset, between runs. */
const loadOrders = task("load_orders", async (_args, ctx) => {
  const { state } = ctx.assets.get("orders");
  const mark = await state.get<number>("last_id", { default: 0 });
  const rows = [101, 102, 103, 104].filter((id) => id > mark);
  const last = rows.at(-1);
  if (last !== undefined) await state.set("last_id", last);
  return rows;
});

await new Bundle().register(importPages, loadOrders).serve();
