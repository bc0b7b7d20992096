// What a bundle's tasks may do: under the compiled binary, which takes away what a bundle does not
// name, and under dev, which starts a module with no more.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { moduleFlags, runFlags } from "../../src/bundle/permissions.ts";
import { READABLE_VARIABLES } from "../../src/runtime/launch/own_permissions.ts";
import { configArgs } from "../author_command.ts";
import { type Ran, runTask } from "../runtime/run_task.ts";
import { runCli } from "./cli_command.ts";
import { Folder, packedBundle, ROOT } from "./packed.ts";
import { isQuick } from "../thoroughness.ts";

const BINARY = `${ROOT}/dist/airflow-task-runtime`;
const ignore = !await Deno.stat(BINARY).then(() => true, () => false);
const LEAST = `${ROOT}/tests/cli/testdata/least.ts`;
const GRANTED = `${ROOT}/tests/cli/testdata/granted.ts`;
const SECRETS = {
  AIRFLOW__DATABASE__SQL_ALCHEMY_CONN: "postgresql://airflow:hunter2@db/airflow",
  AWS_SECRET_ACCESS_KEY: "hunter2hunter2",
  API_TOKEN: "t0ken",
  SHOP_REGION: "eu",
};

/** What is tried, and the start of the line that would allow it; none where nothing would. */
const DENIED: Record<string, [what: string, line?: string]> = {
  read: ['read access to "/etc/passwd"', 'read: ["/etc/passwd"]'],
  write: ['write access to "/tmp/airflow-task-runtime-least"', "write: ["],
  net: ['net access to "127.0.0.1:8899"', 'net: ["127.0.0.1:8899"]'],
  unix: ['read access to "/tmp/airflow-task-runtime-none"', "read: ["],
  run: ['run access to "/bin/true"', 'run: ["/bin/true"]'],
  sys: ['sys access to "hostname"', 'sys: ["hostname"]'],
  ffi: ['ffi access to "/lib/x86_64-linux-gnu/libc.so.6"', "ffi: ["],
  kill: ["run access", "run: true"],
  database: [
    'env access to "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"',
    'env: ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]',
  ],
  cloud: ['env access to "AWS_SECRET_ACCESS_KEY"', 'env: ["AWS_SECRET_ACCESS_KEY"]'],
  environ: ['read access to "/proc/self/environ"'],
  parent: ["read access to "],
  node_read: ['read access to "/etc/passwd"', 'read: ["/etc/passwd"]'],
  shell: ['run access to "/bin/sh"', 'run: ["/bin/sh"]'],
  node_ffi: ['ffi access to "/tmp/x.node"', "ffi: ["],
  symlink: ["write access", "write: "],
  wrapped: ['net access to "db:5432"', 'net: ["db:5432"]'],
};

let folder: Folder;

Deno.test.beforeAll(async () => {
  folder = await Folder.make();
  for (const module of [LEAST, GRANTED]) await packedBundle(bundleOf(module), module);
});

Deno.test.afterAll(() => folder[Symbol.asyncDispose]());

function bundleOf(module: string): string {
  return `${folder.path}/${module === LEAST ? "least" : "granted"}`;
}

function run(module: string, taskId: string, env: Record<string, string> = {}): Promise<Ran> {
  return runTask(taskId, {
    command: [bundleOf(module)],
    env: { ...SECRETS, ...env, AIRFLOW_TASK_RUNTIME: BINARY },
    tiContext: { should_retry: true },
  });
}

function assertDenied(ran: Ran, what: string, line = ""): void {
  const { state, exitCode, log, requests } = ran;
  assertEquals([state, exitCode], ["failed", 0], JSON.stringify(log));
  assertEquals(requests.at(-1)?.type, "TaskState", "it is not retried");
  const text = JSON.stringify(log.at(-1)).replaceAll('\\"', '"');
  assertStringIncludes(text, "Task failed, not to be retried: it lacks a permission");
  assertStringIncludes(text, `it has no permission for ${what}`);
  assertStringIncludes(text, line);
  assert(!JSON.stringify([log, requests]).includes("hunter2"));
}

for (const [taskId, [what, line]] of Object.entries(DENIED)) {
  Deno.test({
    name: `the compiled binary denies a bundle that names nothing: ${taskId}`,
    ignore,
    async fn() {
      const ran = await run(LEAST, taskId);
      assertDenied(ran, what, line === undefined ? "" : `; add ${line}`);
    },
  });
}

for (
  const [taskId, returned] of Object.entries({
    asks: "denied",
    worker: "NotCapable",
    node_run: "refused",
    catches: "NotCapable",
    own: [true, false, true],
  })
) {
  Deno.test({
    name: `the compiled binary gives no more by another way: ${taskId}`,
    ignore,
    async fn() {
      const ran = await run(LEAST, taskId);
      assertEquals([ran.state, ran.returned], ["success", returned], JSON.stringify(ran.log));
    },
  });
}

for (
  const [taskId, returned] of Object.entries({
    read: true,
    env: ["t0ken", "eu"],
    net: true,
    child: false,
  })
) {
  Deno.test({
    name: `the compiled binary gives what a bundle names: ${taskId}`,
    ignore,
    async fn() {
      using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const accepted = listener.accept().then((socket) => socket.close(), () => {});
      const ran = await run(GRANTED, taskId, { SHOP_PORT: String(listener.addr.port) });
      assertEquals([ran.state, ran.returned], ["success", returned], JSON.stringify(ran.log));
      listener.close();
      await accepted;
    },
  });
}

for (const [taskId, what] of [["database", "env"], ["environ", "all"], ["write", "write"]]) {
  Deno.test({
    name: `the compiled binary gives a bundle nothing beside what it names: ${taskId}`,
    ignore,
    async fn() {
      assertDenied(await run(GRANTED, taskId ?? ""), `${what} access to `);
    },
  });
}

for (const taskId of ["read", "run", "database", "shell", "ffi"]) {
  Deno.test({
    name: `dev denies a module what it does not name: ${taskId}`,
    ignore: isQuick && taskId !== "read" && taskId !== "database",
    async fn() {
      const flags = moduleFlags({});
      const ran = await runTask(taskId, {
        command: [
          Deno.execPath(),
          "run",
          "--quiet",
          "--no-check",
          ...flags,
          ...configArgs(),
          LEAST,
        ],
        env: SECRETS,
      });
      const [what = "", line] = DENIED[taskId] ?? [];
      assertDenied(ran, what, line);
    },
  });
}

Deno.test({
  name: "a program compiled with a bundle's flags is denied what the bundle does not name",
  ignore: isQuick,
  async fn() {
    const program = `${folder.path}/compiled`;
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "compile",
        "--quiet",
        "--no-check",
        ...moduleFlags({}),
        ...configArgs(),
        `--output=${program}`,
        LEAST,
      ],
    }).output();
    const said = new TextDecoder().decode(stderr);
    // Without a denort here, "deno compile" downloads one, which not every machine can.
    if (/\/denort-[^ ]*\.zip/.test(said)) return;
    assert(success, said);
    for (const taskId of ["read", "shell", "database", "cloud"]) {
      const ran = await runTask(taskId, { command: [program], env: SECRETS });
      const [what = "", line] = DENIED[taskId] ?? [];
      assertDenied(ran, what, line);
    }
  },
});

Deno.test("inspect tells the permissions that a bundle names", async () => {
  const { stdout } = await runCli("inspect", bundleOf(GRANTED));
  assertStringIncludes(
    stdout,
    "allowed      env: API_TOKEN, SHOP_*; read: /etc; run: /usr/bin/env; net: 127.0.0.1\n",
  );
  assertStringIncludes((await runCli("inspect", bundleOf(LEAST))).stdout, "none but to talk");
});

Deno.test("moduleFlags() adds what is declared to what the runtime needs", () => {
  assertEquals(moduleFlags({ net: ["db:5432"], env: true, read: [], sys: ["cpus"] }), [
    "--no-prompt",
    "--allow-net=127.0.0.1,localhost,[::1],db:5432",
    "--allow-run=/bin/sh",
    "--allow-env",
    "--allow-sys=cpus",
  ]);
});

Deno.test("runFlags() allows what is declared, and never imports", () => {
  assertEquals(runFlags({ net: ["db:5432"], env: ["TOKEN"], write: true, sys: ["cpus"] }), {
    fixed: [
      `--allow-env=${READABLE_VARIABLES.join(",")},TOKEN`,
      "--allow-sys=cpus",
      "--deny-import",
      "--no-remote",
      "--no-npm",
    ],
    net: ["db:5432"],
    read: [],
    write: true,
  });
});
