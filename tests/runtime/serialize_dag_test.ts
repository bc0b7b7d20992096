import { assertEquals } from "@std/assert";
import { type DagSpec, serializedOf } from "./dag_spec.ts";

// What Airflow 3.4.0b2 makes of the Dags in serialized_dags_input.json; to make it again:
// <venv>/bin/python tests/conformance/serialize_dags.py < tests/testdata/serialized_dags_input.json
const testdata = (name: string): unknown =>
  JSON.parse(Deno.readTextFileSync(new URL(`../testdata/${name}`, import.meta.url)));
const { dags: inputs } = testdata("serialized_dags_input.json") as { dags: DagSpec[] };
const { dags: outputs } = testdata("serialized_dags_airflow_3.4.0b2.json") as {
  dags: Record<string, { dag: Record<string, unknown> & { tasks: unknown[] } }>;
};

/** Airflow fills these in for a Dag of another language, from its configuration. */
const CONFIGURED = {
  catchup: false,
  max_active_tasks: 16,
  max_active_runs: 16,
  max_consecutive_failed_dag_runs: 0,
  disable_bundle_versioning: false,
};
/** What a Python class is called, and how another runtime is told of arguments. */
const KIND = ["task_type", "_task_module", "is_stub"];

function comparable(data: unknown): unknown {
  const { dag, ...rest } = structuredClone(data) as {
    dag: Record<string, unknown> & { tasks: { __var: Record<string, unknown> }[] };
  };
  for (const name of ["fileloc", "relative_fileloc"]) delete dag[name];
  for (const task of dag.tasks) for (const name of KIND) delete task.__var[name];
  return { ...rest, dag: { ...CONFIGURED, ...dag } };
}

for (const input of inputs) {
  Deno.test(`serializeDag() writes ${input.dag_id} as Airflow does`, () => {
    assertEquals(comparable(serializedOf(input)), comparable(outputs[input.dag_id]));
  });
}
