// A bundle with another version of the module than the worker's binary reports the same terminal
// states.

import { assertEquals } from "@std/assert";
import { configArgs } from "../../author_command.ts";
import { sharedLaunches } from "../harness/launches.ts";
import { removeFolder } from "../harness/temp_dir.ts";
import { taskRuntime } from "../harness/venv.ts";

const ROOT = new URL("../../../", import.meta.url).pathname;
const OTHER_VERSION = "0.0.9";

const LAUNCHES = sharedLaunches();
let folder = "";

/** A module that reports each terminal state, with its own copy of the runtime. */
const MODULE = `import {
  AwaitInput, Bundle, DeferTask, FailTask, RescheduleTask, RetryTask, SkipTask, TaskHandler, Trigger,
} from "./copy/mod.ts";
import { VERSION } from "./copy/src/runtime/version.ts";
const handlers = {
  success: () => VERSION,
  failed: () => { throw new FailTask("no use"); },
  up_for_retry: () => { throw new RetryTask("again"); },
  error: () => { throw new Error("it broke"); },
  skipped: () => { throw new SkipTask("nothing to do"); },
  up_for_reschedule: () => { throw new RescheduleTask(Temporal.Instant.from("2030-01-02T03:04:05Z")); },
  deferred: () => { throw new DeferTask({ trigger: new Trigger("my.Trigger", {}), resume: "arrived" }); },
  awaiting_input: () => { throw new AwaitInput({ subject: "Sure?", options: ["yes", "no"], resume: "arrived" }); },
};
const continuations = { arrived: () => {} };
await new Bundle().register(
  ...Object.entries(handlers).map(([id, run]) => new TaskHandler("versions", id, run, { continuations })),
).serve();
`;

Deno.test.beforeAll(async () => {
  folder = await Deno.makeTempDir({ prefix: "airflow-versions-" });
  await copyModule(`${folder}/copy`);
  await Deno.writeTextFile(`${folder}/main.ts`, MODULE);
  await Deno.mkdir(`${folder}/bundles`);
  const { success, stderr } = await new Deno.Command(taskRuntime(), {
    args: [
      "pack",
      "--deno",
      Deno.execPath(),
      ...configArgs(),
      "--out",
      `${folder}/bundles/versions`,
      `${folder}/main.ts`,
    ],
    stdin: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
});

Deno.test.afterAll(() => removeFolder(folder));

/** Copies the module and gives the copy another version. */
async function copyModule(to: string): Promise<void> {
  for (const path of await sourcesOf("src")) {
    await Deno.mkdir(`${to}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.copyFile(`${ROOT}${path}`, `${to}/${path}`);
  }
  for (const path of ["mod.ts", "deno.json"]) {
    await Deno.copyFile(`${ROOT}${path}`, `${to}/${path}`);
  }
  for (const path of ["deno.json", "src/runtime/version.ts"]) {
    const text = await Deno.readTextFile(`${to}/${path}`);
    await Deno.writeTextFile(`${to}/${path}`, text.replace('"0.1.0"', `"${OTHER_VERSION}"`));
  }
}

async function sourcesOf(path: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${ROOT}${path}`)) {
    const inside = `${path}/${name}`;
    found.push(...isDirectory ? await sourcesOf(inside) : [inside]);
  }
  return found;
}

const STATES: [task: string, state: string, retries?: number][] = [
  ["success", "success"],
  ["failed", "failed", 1],
  ["error", "failed"],
  ["error", "up_for_retry", 1],
  ["up_for_retry", "up_for_retry", 1],
  ["skipped", "skipped"],
  ["up_for_reschedule", "up_for_reschedule"],
  ["deferred", "deferred"],
  ["awaiting_input", "awaiting_input"],
  ["unknown_to_the_bundle", "removed"],
];

for (const launch of LAUNCHES) {
  for (const [task_id, state, max_tries = 0] of STATES) {
    Deno.test(`another version of the module, ${launch.name}: reports ${state} for ${task_id}`, async () => {
      const result = await launch.airflow().runTask({
        bundle_root: `${folder}/bundles`,
        dag_id: "versions",
        task_id,
        max_tries,
      });
      assertEquals([result.state, result.exit_code, result.error], [state, 0, null]);
      const messages = result.log.map(({ event }) => String(event)).join("\n");
      assertEquals(/Deno\.exit/.test(messages), false, messages);
      if (task_id === "success") assertEquals(result.xcoms[0]?.value, OTHER_VERSION);
    });
  }
}
