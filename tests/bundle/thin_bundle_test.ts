import { assert, assertEquals, assertThrows } from "@std/assert";
import { TaskRuntimeError } from "../../src/error.ts";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { assembleThinBundle } from "../../src/bundle/thin_bundle.ts";
import { readMetadata } from "../../src/bundle/metadata.ts";
import { WHICH_FLAG } from "../../src/bundle/start_line.ts";
import { readTrailer } from "../../src/bundle/trailer.ts";
import { memorySource, METADATA, run } from "./bundle_parts.ts";

/** Stands in for the runtime binary: prints its arguments, one a line, and a name to know it by. */
function standIn(name: string): string {
  return `#!/bin/sh\nprintf '%s\\n' ${name} "$@"\n`;
}

async function writeExecutable(path: string, content: string | Uint8Array): Promise<void> {
  await Deno.writeFile(
    path,
    typeof content === "string" ? new TextEncoder().encode(content) : content,
  );
  await Deno.chmod(path, 0o755);
}

const ARGS = ["--comm=127.0.0.1:1", "--logs=127.0.0.1:2", `it's "a" $(b) \\ *`];
const SHELLS = ["/bin/sh", "/bin/dash", "/bin/bash", "/bin/busybox"].filter((path) => {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
});

for (const shell of SHELLS) {
  const prefix = shell.endsWith("busybox") ? ["ash"] : [];

  Deno.test(`a thin bundle under ${shell}: searches the runtime in the documented order`, async () => {
    await using folder = await TemporaryFolder.create();
    const nasty = folder.join(`it's a "dir" $(x) \`y\` * \\`);
    await Deno.mkdir(`${nasty}/path`, { recursive: true });
    const bundle = `${nasty}/the 'etl' "$bundle"`;
    const configured = `${nasty}/run time's`;
    await writeExecutable(
      bundle,
      assembleThinBundle({ code: "(1)", metadata: METADATA, runtime: configured }),
    );
    const clean = { clearEnv: true, env: { PATH: `${nasty}/path` } };
    const start = (env = clean): ReturnType<typeof run> =>
      run(shell, [...prefix, bundle, ...ARGS], env);
    const found = (name: string): string => `${[name, bundle, ...ARGS].join("\n")}\n`;
    const which = (env = clean): ReturnType<typeof run> =>
      run(shell, [...prefix, bundle, WHICH_FLAG, "--comm=1"], env);
    const named = async (env = clean): Promise<string> => (await which(env)).stdout.trimEnd();

    const none = await start();
    assertEquals(none.code, 127);
    assertEquals(none.stdout, "");
    assertEquals(await which(), none);
    assertEquals(
      none.stderr,
      `Cannot start bundle ${bundle}: neither airflow-task-runtime (next to it, at ${configured} or ` +
        "on PATH) nor deno (on PATH) found\n",
    );
    await writeExecutable(`${nasty}/path/deno`, standIn("deno"));
    const [name, command, ...flags] = (await start()).stdout.trimEnd().split("\n");
    assertEquals([name, command], ["deno", "run"]);
    assertEquals(await named(), `${nasty}/path/deno`);
    assertEquals(flags.slice(-ARGS.length - 1), [bundle, ...ARGS]);
    assertEquals(
      flags.filter((flag) => /^--(no-|allow-(net|run)|deny)/.test(flag)),
      [
        "--no-prompt",
        "--no-config",
        "--no-lock",
        "--deny-import",
        "--no-remote",
        "--no-npm",
        "--allow-net=127.0.0.1:1,127.0.0.1:2",
      ],
    );
    const { stdout: byHand } = await run(shell, [...prefix, bundle], clean);
    assertEquals(byHand.split("\n").includes("--allow-net=localhost"), true, byHand);
    await writeExecutable(`${nasty}/path/airflow-task-runtime`, standIn("path"));
    assertEquals((await start()).stdout, found("path"));
    assertEquals(await named(), `${nasty}/path/airflow-task-runtime`);
    await writeExecutable(configured, standIn("configured"));
    assertEquals((await start()).stdout, found("configured"));
    assertEquals(await named(), configured);
    // A folder of that name is not a runtime.
    await Deno.mkdir(`${nasty}/airflow-task-runtime`);
    assertEquals((await start()).stdout, found("configured"));
    await Deno.remove(`${nasty}/airflow-task-runtime`);
    await writeExecutable(`${nasty}/airflow-task-runtime`, standIn("folder"));
    assertEquals((await start()).stdout, found("folder"));
    assertEquals(await named(), `${nasty}/airflow-task-runtime`);
    await writeExecutable(`${nasty}/from env`, standIn("env"));
    const env = { ...clean.env, AIRFLOW_TASK_RUNTIME: `${nasty}/from env` };
    assertEquals((await start({ clearEnv: true, env })).stdout, found("env"));
    assertEquals(await named({ clearEnv: true, env }), `${nasty}/from env`);
    // A configured path is not ignored silently.
    env.AIRFLOW_TASK_RUNTIME = "/no/such";
    const wrong = await start({ clearEnv: true, env });
    assertEquals([wrong.code, wrong.stdout], [127, ""]);
    assertEquals(await which({ clearEnv: true, env }), wrong);
    assertEquals(
      wrong.stderr,
      `Cannot start bundle ${bundle}: AIRFLOW_TASK_RUNTIME is /no/such, which is not an executable file\n`,
    );
  });

  Deno.test(`a thin bundle under ${shell}: starts when its name has no slash`, async () => {
    await using folder = await TemporaryFolder.create();
    await writeExecutable(
      folder.join("-etl"),
      assembleThinBundle({ code: "1", metadata: METADATA }),
    );
    await writeExecutable(folder.join("airflow-task-runtime"), standIn("folder"));
    const { stdout } = await run(shell, [...prefix, "--", "-etl"], { cwd: folder.path });
    assertEquals(stdout, "folder\n./-etl\n");
  });
}

Deno.test("a thin bundle: is started by the kernel with an unchanged environment, by its path and from PATH", async () => {
  await using folder = await TemporaryFolder.create();
  await writeExecutable(folder.join("etl"), assembleThinBundle({ code: "1", metadata: METADATA }));
  await writeExecutable(
    folder.join("airflow-task-runtime"),
    `#!/bin/sh\nprintf '%s\\n' "$1" "\${b-unset}" "\${r-unset}" "\${f-unset}"\n`,
  );
  const direct = await run(folder.join("etl"), []);
  assertEquals(direct.stdout, `${folder.join("etl")}\nunset\nunset\nunset\n`);
  const env = { PATH: `/nowhere:${folder.path}:/usr/bin:/bin`, b: "1", r: "2", f: "3" };
  const byPath = await run("/usr/bin/env", ["etl"], { env });
  assertEquals(byPath.stdout, `${folder.join("etl")}\n1\n2\n3\n`);
});

Deno.test("a thin bundle: has no line terminator after its code", async () => {
  const decoder = new TextDecoder();
  for (let i = 0; i < 400; i++) {
    const random = crypto.getRandomValues(new Uint8Array(1 + i % 40)).toHex();
    // Metadata lengths from 300 to over 3,000 bytes pass 0x0A00 to 0x0DFF and 10 and 13 as last byte.
    const tasks = Array.from({ length: i }, (_, n) => `task_${n}`);
    const metadata = { ...METADATA, dags: { etl: { tasks } } };
    const bytes = assembleThinBundle({ code: `const x = "${random}";`, metadata });
    const source = memorySource(bytes);
    const regions = await readTrailer(source, "x");
    assertEquals(regions.sourceLength, 0);
    const region = bytes.subarray(regions.metadataStart, regions.metadataEnd);
    assertEquals(readMetadata(region, "x", "dags"), metadata);
    const start = bytes.subarray(0, regions.sourceStart).lastIndexOf(0x0a) + 1;
    const last = bytes.subarray(start);
    assertEquals(decoder.decode(last.subarray(0, 2)), "//");
    assert(!last.some((byte) => byte === 0x0a || byte === 0x0d));
    assert(!/[\u2028\u2029]/.test(decoder.decode(last)));
  }
});

Deno.test("a thin bundle: is a JavaScript module, whatever its code begins and ends with", async () => {
  await using folder = await TemporaryFolder.create();
  const mark = "globalThis.__thinBundle";
  const codes = [
    `(${mark} = 0);`,
    `[1].map(() => ${mark} = 1)`,
    "`x`; " + `${mark} = 2 // no line feed`,
    `#!/usr/bin/env -S deno run\nimport { EOL } from "node:os"; ${mark} = EOL && await 3; /* end */`,
    `\ufeffexport const x = 4; ${mark} = x;`,
    `/=/.test("="); ${mark} = 5;\r\n`,
    `+function () { ${mark} = 6; }()`,
  ];
  for (const [i, code] of codes.entries()) {
    const path = folder.join(`bundle${i}`);
    await Deno.writeFile(path, assembleThinBundle({ code, metadata: METADATA }));
    await import(`file://${path}`);
    assertEquals(Reflect.get(globalThis, "__thinBundle"), i);
  }
  Reflect.deleteProperty(globalThis, "__thinBundle");
});

Deno.test("assembleThinBundle(): returns the same bytes for the same parts", () => {
  const parts = { code: "await 1;", metadata: METADATA, runtime: "/opt/airflow-task-runtime" };
  assertEquals(assembleThinBundle(parts).toHex(), assembleThinBundle(parts).toHex());
});

Deno.test("assembleThinBundle(): throws when the runtime path is not one line", () => {
  for (const runtime of ["/a\nb", "/a\u2028b", "/a\0b", "/a\rb"]) {
    assertThrows(
      () => assembleThinBundle({ code: "1", metadata: METADATA, runtime }),
      TaskRuntimeError,
      "not one line",
    );
  }
});

Deno.test("a thin bundle with sources: is a module and contains each source at the place in its metadata", async () => {
  await using folder = await TemporaryFolder.create();
  const sources = [
    { path: "etl.ts", text: "/** ends */ let a = 1; // ü\n`${a}`\n" },
    { path: "dags/report.ts", text: "*/ throw new Error('/*');\r\n\u2028" },
  ];
  for (let i = 0; i < 40; i++) {
    const code = `globalThis.__withSources = ${i};`;
    const [first, ...rest] = sources;
    const longer = { path: "etl.ts", text: `${first?.text}${"x".repeat(i)}` };
    const bytes = assembleThinBundle({ code, metadata: METADATA, sources: [longer, ...rest] });
    const path = folder.join(`bundle-${i}.mjs`);
    await Deno.writeFile(path, bytes);
    await import(`file://${path}`);
    assertEquals(Reflect.get(globalThis, "__withSources"), i);
    const regions = await readTrailer(memorySource(bytes), "x");
    const text = new TextDecoder().decode(
      bytes.subarray(regions.metadataStart, regions.metadataEnd),
    );
    const index: { path: string; offset: number; length: number }[] = JSON.parse(text).sources;
    const shown = index.map(({ path, offset, length }) => {
      const start = regions.sourceStart + offset;
      return { path, text: new TextDecoder().decode(bytes.subarray(start, start + length)) };
    });
    const expected = [longer, ...rest].map(({ path, text }) => ({
      path,
      text: text.replaceAll("*/", "*\u2060/"),
    }));
    assertEquals(shown, expected);
  }
});
