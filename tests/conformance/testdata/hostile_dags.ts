/** Dags of many files, all of which but two do their worst where Airflow parses them. */
import { Bundle, Dag } from "@airflow-deno/task-runtime";

// What fails while it is packed is not packed.
const isPacked = Deno.args.includes("--airflow-metadata");

function dag(id: string): Dag {
  const made = new Dag(id, { queue: "deno" });
  made.task("only", () => {})();
  return made;
}

function refuse(): never {
  throw new Error("hands off");
}

const bundle = new Bundle()
  .register(() => dag("sound"))
  .register(async ({ variables }) => {
    if (isPacked) return [];
    const password = await variables.get("warehouse_password");
    const first = new Error(`no warehouse: ${password}`);
    first.cause = new TypeError(JSON.stringify({ password }), { cause: first });
    throw first;
  });
const hostile: readonly (() => unknown)[] = [
  () => {
    throw new Proxy({}, { getPrototypeOf: refuse, get: refuse });
  },
  () => {
    throw Object.defineProperties(new Error(), {
      stack: { get: refuse },
      cause: { get: refuse },
    });
  },
  () => {
    throw undefined;
  },
  () => new Proxy({}, { ownKeys: refuse }),
  () => dag("sound"),
  async () => {
    Promise.reject(new Error("never caught"));
    await new Promise(() => {});
  },
  () => Deno.exit(0),
  () => close(),
];
for (const load of hostile) bundle.register(() => isPacked ? [] : load());
await bundle.register(() => dag("sound_too")).serve();
