// A task that fetches the URL in a variable by fetch() and by node:https; run by tls_test.ts.
import https from "node:https";
import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";

const task = new TaskHandler("tls", "fetch", async (_args, ctx) => {
  const url = await ctx.variables.get("url");
  const fetched = await fetch(url).then((response) => response.text(), () => "refused");
  const requested = await new Promise<unknown>((resolve) =>
    https.get(url, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on("error", () => resolve("refused"))
  );
  return [fetched, requested];
});
await new Bundle({ permissions: { net: true, sys: true } }).register(task).serve();
