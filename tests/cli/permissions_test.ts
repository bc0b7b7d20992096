// The permissions of a bundle's tasks under the compiled binary, deno and dev.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { compileFlags, moduleFlags, runFlags } from "../../src/bundle/permissions.ts";
import { READABLE_VARIABLES } from "../../src/runtime/launch/confinement.ts";
import { configArgs } from "../author_command.ts";
import { type Ran, runTask } from "../runtime/run_task.ts";
import { runCli } from "./cli_command.ts";
import { packedBundle, ROOT } from "./packed.ts";
import { isQuick } from "../thoroughness.ts";

/** The programs that run bundles, and whether they enforce the lists that a bundle declares. */
const PROGRAMS = [
  { program: "the compiled binary", path: `${ROOT}/dist/airflow-task-runtime`, isExact: false },
  { program: "deno", path: Deno.execPath(), isExact: true },
];
const LEAST = `${ROOT}/tests/cli/testdata/least.ts`;
const GRANTED = `${ROOT}/tests/cli/testdata/granted.ts`;
const SECRETS = {
  AIRFLOW__DATABASE__SQL_ALCHEMY_CONN: "postgresql://airflow:hunter2@db/airflow",
  AWS_SECRET_ACCESS_KEY: "hunter2hunter2",
  API_TOKEN: "t0ken",
  SHOP_REGION: "eu",
};

/** The denied access by task, and the start of the declaration that would allow it. */
const DENIED: Record<string, [what: string, line?: string]> = {
  read: ['read access to "/etc/passwd"', 'read: ["/etc/passwd"]'],
  write: ['write access to "/tmp/airflow-task-runtime-least"', "write: ["],
  net: ['net access to "127.0.0.1:8899"', 'net: ["127.0.0.1:8899"]'],
  unix: ['read access to "/tmp/airflow-task-runtime-none"', "read: ["],
  run: ['run access to "/bin/true"', 'run: ["/bin/true"]'],
  sys: ['sys access to "hostname"', 'sys: ["hostname"]'],
  ffi: ['ffi access to "/lib/x86_64-linux-gnu/libc.so.6"', "ffi: ["],
  kill: ["run access", "run: true"],
  environ: ['read access to "/proc/self/environ"'],
  parent: ["read access to "],
  node_read: ['read access to "/etc/passwd"', 'read: ["/etc/passwd"]'],
  shell: ['run access to "/bin/sh"', 'run: ["/bin/sh"]'],
  node_ffi: ['ffi access to "/tmp/x.node"', "ffi: ["],
  // Deno 2.9 names its flags here.
  symlink: [""],
  wrapped: ['net access to "db:5432"', 'net: ["db:5432"]'],
};

let folder: TemporaryFolder;

Deno.test.beforeAll(async () => {
  folder = await TemporaryFolder.create();
  for (const module of [LEAST, GRANTED]) await packedBundle(bundleOf(module), module);
});

Deno.test.afterAll(() => folder[Symbol.asyncDispose]());

function bundleOf(module: string): string {
  return `${folder.path}/${module === LEAST ? "least" : "granted"}`;
}

function run(
  path: string,
  module: string,
  taskId: string,
  env: Record<string, string> = {},
): Promise<Ran> {
  return runTask(taskId, {
    command: [bundleOf(module)],
    env: { ...SECRETS, ...env, AIRFLOW_TASK_RUNTIME: path },
    tiContext: { should_retry: true },
  });
}

function assertDenied(ran: Ran, what: string, line = ""): void {
  const { state, exitCode, log, requests } = ran;
  assertEquals([state, exitCode], ["failed", 0], JSON.stringify(log));
  assertEquals(requests.at(-1)?.type, "TaskState", "it is not retried");
  const text = JSON.stringify(log.at(-1)).replaceAll('\\"', '"');
  assertStringIncludes(text, "Task failed, not to be retried: it lacks a permission");
  assertStringIncludes(text, `it has no permission${what && ` for ${what}`}`);
  assertStringIncludes(text, line);
  assert(!JSON.stringify([log, requests]).includes("hunter2"));
}

/** Other ways to a permission that the bundle does not declare, with their results. */
const OTHER_WAYS = {
  asks: "denied",
  worker: "NotCapable",
  node_run: "refused",
  variables: "nothing",
  assigned: ["1", "2", "true", "2", "undefined", "false"],
  own: [true, false, true],
};

/** The results of tasks whose bundle declares the permission. */
const GRANTS = { read: true, env: ["t0ken", "eu"], net: true, clean_child: true };

for (const { program, path, isExact } of PROGRAMS) {
  const ignore = !await Deno.stat(path).then(() => true, () => false);

  for (const [taskId, [what, line]] of Object.entries(DENIED)) {
    Deno.test({
      name: `${program}: denies undeclared permissions: ${taskId}`,
      ignore,
      async fn() {
        const ran = await run(path, LEAST, taskId);
        assertDenied(ran, what, line === undefined ? "" : `; add ${line}`);
      },
    });
  }

  for (const [taskId, returned] of Object.entries(OTHER_WAYS)) {
    Deno.test({
      name: `${program}: grants no permission by other ways: ${taskId}`,
      ignore,
      async fn() {
        const ran = await run(path, LEAST, taskId);
        assertEquals([ran.state, ran.returned], ["success", returned], JSON.stringify(ran.log));
      },
    });
  }

  // A program that deno starts inherits the environment of the worker.
  for (const [taskId, returned] of Object.entries({ ...GRANTS, child: isExact })) {
    Deno.test({
      name: `${program}: grants declared permissions: ${taskId}`,
      ignore,
      async fn() {
        using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
        const accepted = listener.accept().then((socket) => socket.close(), () => {});
        const ran = await run(path, GRANTED, taskId, { SHOP_PORT: String(listener.addr.port) });
        assertEquals([ran.state, ran.returned], ["success", returned], JSON.stringify(ran.log));
        listener.close();
        await accepted;
      },
    });
  }

  const others = isExact ? { other_file: "read", other_host: "net", other_program: "run" } : {};
  for (
    const [taskId, what] of Object.entries({
      environ: isExact ? "read" : "all",
      write: "write",
      ...others,
    })
  ) {
    Deno.test({
      name: `${program}: denies permissions beyond the declared ones: ${taskId}`,
      ignore,
      async fn() {
        assertDenied(await run(path, GRANTED, taskId), `${what} access to `);
      },
    });
  }
}

for (const taskId of ["read", "run", "shell", "ffi"]) {
  Deno.test({
    name: `dev: denies undeclared permissions of a module: ${taskId}`,
    ignore: isQuick && taskId !== "read",
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
  name: "self-contained bundle: denies undeclared permissions",
  ignore: isQuick,
  async fn(t) {
    const program = `${folder.path}/compiled`;
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "compile",
        "--quiet",
        "--no-check",
        ...compileFlags({}),
        ...configArgs(),
        `--output=${program}`,
        LEAST,
      ],
    }).output();
    const message = new TextDecoder().decode(stderr);
    // "deno compile" may need to download denort, which fails offline.
    const isOffline = /\/denort-[^ ]*\.zip/.test(message);
    assert(success || isOffline, message);
    for (const taskId of ["read", "shell"]) {
      await t.step({
        name: `self-contained bundle: denies ${taskId}`,
        ignore: isOffline,
        async fn() {
          const ran = await runTask(taskId, { command: [program], env: SECRETS });
          const [what = "", line] = DENIED[taskId] ?? [];
          assertDenied(ran, what, line);
        },
      });
    }
  },
});

Deno.test("inspect: prints the permissions of a bundle", async () => {
  const { stdout } = await runCli("inspect", bundleOf(GRANTED));
  assertStringIncludes(
    stdout,
    "allowed      env: API_TOKEN, SHOP_*; read: /etc; run: /usr/bin/env; net: 127.0.0.1\n",
  );
  assertStringIncludes((await runCli("inspect", bundleOf(LEAST))).stdout, "none but to talk");
});

Deno.test("moduleFlags() and compileFlags(): add declared permissions to those of the runtime", () => {
  const declared = { net: ["db:5432"], env: true, read: [], sys: ["cpus"] } as const;
  const flags = [
    "--no-prompt",
    "--allow-net=127.0.0.1,localhost,[::1],db:5432",
    "--allow-env",
    "--allow-sys=cpus",
  ];
  assertEquals(moduleFlags(declared), flags);
  assertEquals(compileFlags(declared), flags.toSpliced(3, 0, "--allow-run=/bin/sh"));
});

Deno.test("runFlags(): allows declared permissions and denies imports", () => {
  assertEquals(runFlags({ net: ["db:5432"], env: ["TOKEN"], write: true, sys: ["cpus"] }), {
    fixed: [
      `--allow-env=${READABLE_VARIABLES.join(",")},TOKEN`,
      "--ignore-env",
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
