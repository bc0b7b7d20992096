/**
 * The tasks of one file of tests/runtime/testdata, packed and run under real Airflow.
 *
 * @module
 */
import { pack } from "../../../src/bundle/pack.ts";
import type { SchemaVersion } from "../../../src/protocol/generated.ts";
import { configArgs } from "../../author_command.ts";
import { sharedHarnesses } from "./shared_harness.ts";
import type { Json, TaskResult, TaskRun } from "./task_run.ts";
import { removeFolder } from "./temp_dir.ts";
import type { AirflowVersion } from "./venv.ts";

/** The options of a run, in addition to those of {@linkcode TaskRun}. */
export interface AreaRun extends Partial<TaskRun> {
  /** The schema version that the bundle declares; 2026-06-16 by default. */
  schema?: SchemaVersion;
}

/** The result of a run and the pushed return value. */
export interface AreaResult extends TaskResult {
  /** The XCom return_value; undefined if there was no push. */
  returned: Json | undefined;
}

const DATES = ["2026-06-16", "2026-10-30"] as const;

/**
 * Packs `tests/runtime/testdata/<name>.ts` before the tests of the calling file, for each schema
 * version. Call it at the top of a test file.
 */
export function sharedArea(
  name: string,
): (version: AirflowVersion, taskId: string, run?: AreaRun) => Promise<AreaResult> {
  const airflow = sharedHarnesses();
  const entry = new URL(`../../runtime/testdata/${name}.ts`, import.meta.url).pathname;
  let root = "";
  Deno.test.beforeAll(async () => {
    root = await Deno.makeTempDir({ prefix: `airflow-${name}-` });
    const [, config] = configArgs();
    await Promise.all(
      DATES.map((schema) => pack({ entry, out: `${root}/${schema}/runtime`, schema, config })),
    );
  });
  Deno.test.afterAll(() => removeFolder(root));
  return async (version, taskId, { schema = "2026-06-16", ...options } = {}) => {
    const result = await airflow(version).runTask({
      bundle_root: `${root}/${schema}`,
      dag_id: "runtime",
      task_id: taskId,
      ...options,
    });
    const pushed = result.xcoms.find((row) => row.task_id === taskId && row.key === "return_value");
    return { ...result, returned: pushed?.value };
  };
}
