import { assertEquals } from "@std/assert";
import { comparable, type DagSpec, serializedOf } from "./dag_spec.ts";

// The Dags of serialized_dags_input.json as Airflow 3.4.0b2 serializes them. To write them again:
// <venv>/bin/python tests/conformance/dags/serialize_dags.py < tests/testdata/serialized_dags_input.json
const testdata = (name: string): unknown =>
  JSON.parse(Deno.readTextFileSync(new URL(`../../testdata/${name}`, import.meta.url)));
const { dags: inputs } = testdata("serialized_dags_input.json") as { dags: DagSpec[] };
const { dags: outputs } = testdata("serialized_dags_airflow_3.4.0b2.json") as {
  dags: Record<string, { dag: Record<string, unknown> & { tasks: unknown[] } }>;
};

for (const input of inputs) {
  Deno.test(`serializeDag(): writes ${input.dag_id} as Airflow does`, () => {
    assertEquals(comparable(serializedOf(input)), comparable(outputs[input.dag_id]));
  });
}
