// Values that outlive a try, or a run. Try them: airflow-task-runtime dev examples/state/main.ts --fixtures examples/state/dev.json
import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";

const PAGES = 5;

/** The task's own state store: a second try goes on where the first one broke off. */
const importPages = new TaskHandler("state", "import_pages", async (_args, ctx) => {
  const first = await ctx.state.get<number>("next_page", { default: 1 });
  ctx.log.info("importing", { from: first, to: PAGES });
  for (let page = first; page <= PAGES; page++) {
    if (page === 3 && ctx.tryNumber === 1) throw new Error("The service hung up");
    await ctx.state.set("next_page", page + 1, { retention: 24 * 3600 });
  }
  await ctx.state.clear();
  return { pages: PAGES - first + 1 };
});

/** An asset's state store is kept from run to run: here, how far its rows have been read. */
const loadOrders = new TaskHandler("state", "load_orders", async (_args, ctx) => {
  const { state } = ctx.assets.get("orders");
  const mark = await state.get<number>("last_id", { default: 0 });
  const rows = [101, 102, 103, 104].filter((id) => id > mark);
  const last = rows.at(-1);
  if (last !== undefined) await state.set("last_id", last);
  return rows;
});

await new Bundle().register(importPages, loadOrders).serve();
