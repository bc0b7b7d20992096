// Tasks that keep objects in S3, by the connection "s3" that Airflow has.
import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";
import { ObjectStoragePath } from "@airflow-deno/task-runtime/object-store";

const keep = new TaskHandler("store", "keep", async () => {
  const bucket = new ObjectStoragePath("s3://s3@airflow");
  await bucket.mkdir();
  const path = bucket.join("reports", "größe 1+1.txt");
  await path.writeBytes(new Uint8Array(17 * 2 ** 20).fill(65));
  const listed = await Array.fromAsync(bucket.list({ recursive: true }), ({ path }) => path.uri);
  const { size } = await path.stat();
  return { listed, size, part: await path.readText({ offset: 2 ** 24, length: 3 }) };
});

const tell = new TaskHandler("store", "tell", async (_args, ctx) => {
  const { password } = await ctx.connections.get("s3");
  await new ObjectStoragePath("s3://s3@airflow").exists();
  ctx.log.info(`the key is ${password}`);
});

await new Bundle({ permissions: { net: ["127.0.0.1"] } }).register(keep, tell).serve();
