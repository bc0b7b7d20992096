import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { TaskRuntimeError } from "../../src/error.ts";
import { AirflowConfig } from "../../src/doctor/airflow_config.ts";

/** Reads an airflow.cfg with this text. */
async function configOf(
  text: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<AirflowConfig> {
  await using folder = await TemporaryFolder.create();
  const path = `${folder.path}/airflow.cfg`;
  await Deno.writeTextFile(path, text);
  const env = { AIRFLOW_HOME: folder.path, HOME: "/home/me", ...variables };
  const config = await AirflowConfig.read({ env });
  assertEquals([config.path, config.exists, config.home], [path, true, folder.path]);
  return config;
}

Deno.test("AirflowConfig: reads comments, continued lines and interpolation like ConfigParser", async () => {
  const config = await configOf(
    '# first\n[core]\nDAGS_FOLDER: ~/%(name)s ; stays\n\n[sdk]\ncoordinators = {\n  "a": 1,\n\n' +
      '  # not a part\n  "b": 2\n  }\nqueue_to_coordinator =\n[DEFAULT]\nname = dags\n',
  );
  assertEquals(config.text("core.dags_folder"), "/home/me/dags ; stays");
  assertEquals(config.json("sdk.coordinators"), { a: 1, b: 2 });
  assertEquals(config.json("sdk.queue_to_coordinator"), undefined);
  assertEquals(config.json("dag_processor.dag_bundle_config_list"), undefined);
});

Deno.test("AirflowConfig: prefers the environment to the file, and expands variables", async () => {
  const config = await configOf(
    '[sdk]\ncoordinators = {"a": "$WHERE"}\nx_cmd = x\n' +
      "queue_to_coordinator_cmd = x\n[core]\ndags_folder = $LOOP\n",
    {
      WHERE: "${THERE}/b",
      THERE: "/t",
      LOOP: "x$LOOP",
      AIRFLOW__SDK__QUEUE_TO_COORDINATOR: '{"q": "$MISSING"}',
      AIRFLOW__SDK__COORDINATORS_SECRET: "s",
    },
  );
  assertEquals(config.json("sdk.coordinators"), { a: "/t/b" });
  assertEquals(config.json("sdk.queue_to_coordinator"), { q: "$MISSING" });
  assertStringIncludes(config.text("core.dags_folder") ?? "", "xxx");
  assertEquals(config.ignored, [
    "AIRFLOW__SDK__COORDINATORS_SECRET",
    "[sdk] queue_to_coordinator_cmd",
  ]);
});

Deno.test("AirflowConfig: rejects with the line when ConfigParser rejects a file", async () => {
  for (
    const [text, reason] of [
      ["key = 1\n", "line: 1"],
      ["[a]\nno delimiter\n", "[line 2]"],
      ["[a]\nx = 1\nX = 2\n", "[line 3]"],
      ["[a]\n[b]\n[a]\n", "[line 3]"],
    ] as const
  ) {
    const error = await assertRejects(() => configOf(text), TaskRuntimeError);
    assertEquals(error.code, "INVALID");
    assertStringIncludes(error.message, '/airflow.cfg": ');
    assertStringIncludes(error.message, reason);
  }
});

Deno.test("AirflowConfig: throws when ConfigParser rejects a value or a value is not JSON", async () => {
  for (const value of ["100%", "%(nothing)s", "%(coordinators)s", "{"]) {
    const config = await configOf(`[sdk]\ncoordinators = ${value}\n`);
    const error = assertThrows(() => config.json("sdk.coordinators"), TaskRuntimeError);
    assertStringIncludes(error.message, "Cannot read [sdk] coordinators in /");
  }
  const env = { AIRFLOW_HOME: "/no/such/home", AIRFLOW__SDK__COORDINATORS: "{" };
  const config = await AirflowConfig.read({ env });
  assertEquals(config.exists, false);
  const error = assertThrows(() => config.json("sdk.coordinators"), TaskRuntimeError);
  assertStringIncludes(error.message, "Cannot read AIRFLOW__SDK__COORDINATORS: ");
});

Deno.test("AirflowConfig: rejects with NOT_FOUND when Python does not exist", async () => {
  const read = AirflowConfig.read({ env: { PATH: "/no/such/folder" } });
  const error = await assertRejects(() => read, TaskRuntimeError);
  assertEquals(
    [error.code, error.message],
    [
      "NOT_FOUND",
      "Cannot read Airflow's configuration: python3 does not exist. " +
      "Install Python 3.9 or newer, or add it to PATH",
    ],
  );
});
