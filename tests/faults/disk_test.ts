// The compiled binary with a packed bundle on a worker whose disk is of no use.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { packedBundle } from "../cli/packed.ts";
import { HandSupervisor } from "../runtime/hand_supervisor.ts";
import { answerAll, BINARY, eventsOf, isBuilt } from "./faulty.ts";

const TASKS = new URL("testdata/faults.ts", import.meta.url).pathname;

/** Makes every write to a file fail as on a full disk; sockets and pipes work. */
const FULL = ["/bin/sh", "-c", `ulimit -f 0; exec "$@"`, "sh"];

/** Mounts a file system of 4 kB at TMPDIR, which is too small for the buffered log lines. */
const TINY = [
  ...["unshare", "--user", "--map-root-user", "--mount", "/bin/sh", "-c"],
  `mount -t tmpfs -o size=4k tmpfs "$TMPDIR" && exec "$@"`,
  "sh",
];

async function works([program = "", ...args]: readonly string[]): Promise<boolean> {
  await using folder = await TemporaryFolder.create();
  const command = new Deno.Command(program, {
    args: [...args, "/bin/true"],
    env: { TMPDIR: folder.path },
    stdout: "null",
    stderr: "null",
  });
  return await command.output().then(({ success }) => success, () => false);
}

let packed: TemporaryFolder | undefined;

Deno.test.beforeAll(async () => {
  packed = await TemporaryFolder.create();
  await packedBundle(bundle(), TASKS);
});

Deno.test.afterAll(async () => {
  await packed?.[Symbol.asyncDispose]();
});

/** The faulty tasks, packed. */
function bundle(): string {
  return `${packed?.path}/faults`;
}

interface Worker {
  readonly id: string;
  readonly what: string;
  readonly through: readonly string[];
  /** The value of TMPDIR; a new folder by default. */
  readonly tmpdir?: string;
  readonly ignore?: boolean;
}

const WORKERS: Worker[] = [
  { id: "fault.disk-full", what: "the disk is full", through: FULL },
  { id: "fault.tmpdir-full", what: "TMPDIR is full", through: TINY, ignore: !await works(TINY) },
  // Not even root can make a file there.
  { id: "fault.tmpdir-read-only", what: "TMPDIR is read-only", through: [], tmpdir: "/proc" },
  {
    id: "fault.tmpdir-missing",
    what: "TMPDIR does not exist",
    through: [],
    tmpdir: "/no/such/folder",
  },
  {
    id: "fault.tmpdir-not-a-folder",
    what: "TMPDIR is not a folder",
    through: [],
    tmpdir: "/dev/full",
  },
];

for (const { id, what, through, tmpdir, ignore = false } of WORKERS) {
  Deno.test({
    name: `worker: runs the task and delivers the log when ${what} [${id}]`,
    ignore: ignore || !isBuilt,
    async fn() {
      await using folder = await TemporaryFolder.create();
      const env = { TMPDIR: tmpdir ?? folder.path, AIRFLOW_TASK_RUNTIME: BINARY };
      await using supervisor = await HandSupervisor.start([...through, bundle()], { env });
      await supervisor.startTask("logs_last", { conf: { lines: 1000 } });
      const log = supervisor.logs.readText();
      const bodies = await answerAll(supervisor);
      const { code, stdout, stderr } = await supervisor.ended;
      assertEquals(bodies.map(({ type }) => type), ["SucceedTask"]);
      assertEquals([code, stdout, stderr], [0, "", ""]);
      assertEquals(eventsOf(await log).length, 1000);
    },
  });
}

Deno.test({
  name: "handler: reports a failure when it writes to a full disk [fault.own-write-fails]",
  ignore: !isBuilt,
  async fn() {
    await using folder = await TemporaryFolder.create();
    const env = { TMPDIR: folder.path, AIRFLOW_TASK_RUNTIME: BINARY };
    await using supervisor = await HandSupervisor.start([...FULL, bundle()], { env });
    await supervisor.startTask("writes_a_file", { retries: 1 });
    const log = supervisor.logs.readText();
    const [last] = await answerAll(supervisor);
    assertEquals([last?.["type"], (await supervisor.ended).code], ["RetryTask", 0]);
    assertStringIncludes(eventsOf(await log).join(), "File too large");
  },
});
