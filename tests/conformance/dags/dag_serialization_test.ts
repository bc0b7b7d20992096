// Compares random Dags as this runtime and Airflow 3.4.0b2 serialize them, value by value, and checks
// that Airflow's Dag processor accepts ours by its schema, deserializer and rules. The fields of a
// language runtime's task (`is_stub`, class, arguments) are not compared: Airflow's SDK sets them for
// stubs only. A round trip through Airflow is impossible: `DagSerialization.to_dict(
// DagSerialization.from_dict(…))` writes each task as its repr, which Airflow's own schema rejects.

import { assertEquals, assertGreater } from "@std/assert";
import { Random } from "../../fuzz/random.ts";
import { Dag } from "../../../mod.ts";
import { dagPartOf } from "../../../src/runtime/dag/dag_part.ts";
import { serializeDag } from "../../../src/runtime/dag/serialize/dag.ts";
import { comparable, type DagSpec, serializedOf } from "../../runtime/dag/dag_spec.ts";
import { randomDag } from "./random_dag.ts";
import { venvBin } from "../harness/venv.ts";

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

Deno.test(`serializing Dags: matches Airflow's own SDK for ${COUNT} random Dags`, async () => {
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

Deno.test("serializing Dags: produces an event schedule that Airflow accepts", async () => {
  const dates = [new Date("2026-02-01"), new Date("2026-01-01T00:00:00.250Z")];
  const dags = ["plain", "described"].map((dagId) => {
    const description = dagId === "plain" ? {} : { description: "two days" };
    const dag = new Dag(dagId, { schedule: { kind: "events", dates, ...description } });
    dag.task("task", () => {})();
    return [dagId, serialized(dag)];
  });
  const { errors } = await byAirflow({
    dags: [{
      dag_id: "python",
      spec: {
        schedule: {
          __timetable: {
            kind: "events",
            dates: dates.map((each) => ({ __datetime: each.toISOString() })),
          },
        },
      },
      tasks: [],
    }],
    serialized: Object.fromEntries(dags),
  });
  // When Airflow can serialize events, they can be among the random schedules.
  assertEquals(Object.keys(errors), ["python"]);
});

Deno.test("serializing Dags: produces branches and short circuits that Airflow accepts", async () => {
  const dag = new Dag("choices", { schedule: "@daily", startDate: new Date("2026-01-01") });
  const [a, b, c, d] = ["a", "b", "c", "d"].map((id) => dag.empty(id));
  if (!a || !b || !c || !d) throw new Error("there are four");
  dag.if(dag.task("is_large", () => true)()).then(a).else(b);
  dag.switch(dag.task("size", () => "s")()).case("s", c).default(d);
  const open = dag.task("is_open", () => true)();
  dag.shortCircuit(open, { respectTriggerRules: true });
  dag.latestOnly().before(open);
  dag.triggerDagRun("trigger", { dagId: "other", conf: { a: 1 }, waitForCompletion: true });
  dag.externalTaskSensor("wait", { dagId: "other", taskIds: ["a"], executionDelta: { hours: 1 } });
  const { errors } = await byAirflow({ serialized: { choices: serialized(dag) } });
  assertEquals(errors, {});
});

function serialized(dag: Dag): unknown {
  const definition = dagPartOf(dag)?.definition;
  if (definition === undefined) throw new Error("no Dag");
  return serializeDag(definition, { file: "/bundles/own", relativeFile: "own" });
}
