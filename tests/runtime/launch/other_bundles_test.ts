/** Bundles of another SDK, under the compiled binary. */
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { TaskRuntimeError } from "../../../src/error.ts";
import {
  OTHER_BUNDLES_VARIABLE,
  readOtherPermissions,
} from "../../../src/runtime/launch/bundle_permissions.ts";
import { runAlone } from "../hand_supervisor.ts";
import { runTask } from "../run_task.ts";

const BINARY = new URL("../../../dist/airflow-task-runtime", import.meta.url).pathname;
const BUNDLE = new URL("../testdata/other_sdk.mjs", import.meta.url).pathname;
const ignore = !await Deno.stat(BINARY).then(() => true, () => false);
const SECRETS = { AWS_SECRET_ACCESS_KEY: "hunter2", HOME: "/home/airflow" };

/** The result of each task by default, and with all permissions. */
const FOUND: Readonly<Record<string, readonly [byDefault: unknown, withAll: unknown]>> = {
  variable: ["/home/airflow", "/home/airflow"],
  secret: [undefined, "hunter2"],
  read: ["NotCapable", true],
  run: ["refused", 0],
  timer: [true, true],
};

/** Runs a task of the bundle, and returns what it found. */
async function find(taskId: string, setting?: string): Promise<unknown> {
  const ran = await runTask(taskId, {
    command: [BINARY, BUNDLE],
    env: { ...SECRETS, ...setting === undefined ? {} : { [OTHER_BUNDLES_VARIABLE]: setting } },
  });
  assertEquals([ran.state, ran.exitCode, ran.stdout, ran.stderr], ["success", 0, [], []]);
  assertEquals(ran.log.map(({ event }) => event), ["found"]);
  return ran.log[0]?.fields["found"];
}

for (const [taskId, [byDefault, withAll]] of Object.entries(FOUND)) {
  Deno.test({
    name: `a bundle of another SDK: talks with Airflow, and may do no more by default: ${taskId}`,
    ignore,
    async fn() {
      assertEquals(await find(taskId), byDefault);
    },
  });

  Deno.test({
    name: `a bundle of another SDK: may do everything when the worker allows all: ${taskId}`,
    ignore,
    async fn() {
      assertEquals(await find(taskId, "all"), withAll);
    },
  });
}

Deno.test({
  name: "a bundle of another SDK: may do what the worker allows",
  ignore,
  async fn() {
    const setting = '{"env": ["AWS_*"], "read": ["/etc"]}';
    const found = await Promise.all(["secret", "read", "run"].map((task) => find(task, setting)));
    assertEquals(found, ["hunter2", true, "refused"]);
  },
});

Deno.test({
  name: "a bundle of another SDK: reports its own errors",
  ignore,
  async fn() {
    const { code, stderr } = await runAlone([
      BINARY,
      BUNDLE,
      "--comm=127.0.0.1:1",
      "--logs=127.0.0.1:1",
    ]);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "ECONNREFUSED");
  },
});

/** Values of the variable that are refused, and why. */
const REFUSED: Readonly<Record<string, string>> = {
  yes: "its value must be a JSON object or all, got yes",
  "[]": "its value must be a JSON object or all, got []",
  '{"nets": true}':
    '"nets" is not a permission; known: net, env, read, write, run, sys, ffi, import',
  '{"net": "db:5432"}': '"net" must be true or a list of strings, got "db:5432"',
  '{"env": [5]}': '"env" must be true or a list of strings, got [5]',
};

for (const [value, cause] of Object.entries(REFUSED)) {
  Deno.test({
    name: `a bundle of another SDK: is not started when the setting is ${value}`,
    ignore,
    async fn() {
      const args = ["--comm=127.0.0.1:1", "--logs=127.0.0.1:1"];
      const env = { [OTHER_BUNDLES_VARIABLE]: value };
      const { code, stdout, stderr } = await runAlone([BINARY, BUNDLE, ...args], { env });
      assertEquals([code, stdout], [2, ""]);
      assertStringIncludes(stderr, `error: Cannot read ${OTHER_BUNDLES_VARIABLE}: ${cause}. `);
    },
  });
}

Deno.test("readOtherPermissions(): always contains net", () => {
  const before = Deno.env.get(OTHER_BUNDLES_VARIABLE);
  try {
    Deno.env.delete(OTHER_BUNDLES_VARIABLE);
    assertEquals(readOtherPermissions(), { net: true });
    Deno.env.set(OTHER_BUNDLES_VARIABLE, '{"net": ["db:5432"], "env": true}');
    assertEquals(readOtherPermissions(), { net: true, env: true });
    Deno.env.set(OTHER_BUNDLES_VARIABLE, "{");
    assertThrows(readOtherPermissions, TaskRuntimeError, "Cannot read");
  } finally {
    if (before === undefined) Deno.env.delete(OTHER_BUNDLES_VARIABLE);
    else Deno.env.set(OTHER_BUNDLES_VARIABLE, before);
  }
});
