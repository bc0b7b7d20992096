// Random Dags, serialized by us and by Airflow 3.4.0b2 itself: the two are the same, value by value,
// and Airflow's Dag processor takes ours: its schema, its deserializer, its rules.

import { assertEquals, assertGreater } from "@std/assert";
import { Random } from "../fuzz/random.ts";
import { comparable, type DagSpec, serializedOf } from "../runtime/dag_spec.ts";
import { randomDag } from "./random_dag.ts";
import { venvBin } from "./venv.ts";

const SEED = 20261030;
const COUNT = 400;

interface Serialized {
  readonly dags: Readonly<Record<string, unknown>>;
  readonly errors: Readonly<Record<string, string>>;
}

async function byAirflow(input: unknown): Promise<Serialized> {
  const home = await Deno.makeTempDir({ prefix: "airflow-dags-" });
  try {
    const script = new URL("./serialize_dags.py", import.meta.url).pathname;
    const child = new Deno.Command(`${venvBin("3.4.0b2")}/python`, {
      args: [script],
      env: { AIRFLOW_HOME: home },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    const written = writer.write(new TextEncoder().encode(JSON.stringify(input)))
      .then(() => writer.close());
    const [{ stdout, stderr }] = await Promise.all([child.output(), written]);
    const text = new TextDecoder().decode(stdout);
    if (text === "") throw new Error(new TextDecoder().decode(stderr));
    return JSON.parse(text);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

Deno.test(`${COUNT} random Dags are serialized as Airflow does, and taken by it`, async () => {
  const random = new Random();
  const specs = Array.from({ length: COUNT }, (_, i): DagSpec => {
    random.restart(SEED, i);
    return randomDag(random, `random_${i}`);
  });
  const ours = Object.fromEntries(specs.map((spec) => [spec.dag_id, serializedOf(spec)]));
  const airflow = await byAirflow({ dags: specs, serialized: ours });
  assertEquals(airflow.errors, {});
  assertGreater(Object.keys(airflow.dags).length, COUNT - 1);
  for (const [dagId, serialized] of Object.entries(airflow.dags)) {
    assertEquals(comparable(ours[dagId]), comparable(serialized), dagId);
  }
});
