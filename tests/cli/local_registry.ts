/** A local registry that replaces JSR. */
import { ROOT } from "./packed.ts";
import { run } from "../bundle/bundle_parts.ts";

/** One version of a package. */
interface Package {
  readonly version: string;
  readonly exports: unknown;
  /** The folder with its files. */
  readonly folder: string;
}

/**
 * Serves packages with the protocol of JSR. Deno uses it by the variable `JSR_URL`. It contains the
 * packages of scripts/offline and the runtime as `deno publish` uploads it.
 */
export class LocalRegistry implements AsyncDisposable {
  readonly #packages = new Map<string, Package>();
  readonly #folder: string;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  /** The environment in which Deno uses this registry and a separate cache. */
  readonly env: Readonly<Record<string, string>>;
  /** The registry's address, with a slash at the end. */
  readonly url: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => this.#answer(request),
    );
    this.url = `http://127.0.0.1:${this.#server.addr.port}/`;
    this.env = {
      JSR_URL: this.url,
      DENO_DIR: `${folder}/cache`,
      DENO_TLS_CA_STORE: "system,mozilla",
      DENO_NO_UPDATE_CHECK: "1",
      NO_COLOR: "1",
    };
  }

  /** Starts a registry with all packages. */
  static async start(): Promise<LocalRegistry> {
    const registry = new LocalRegistry(await Deno.makeTempDir());
    await registry.#shareCache();
    for (const name of ["assert", "cli", "log", "msgpack"]) {
      await registry.#add(`${ROOT}/scripts/offline/${name}`);
    }
    await registry.#publish();
    return registry;
  }

  /** Stops it and removes its files. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
    await Deno.remove(this.#folder, { recursive: true });
  }

  /** npm packages and the bundler come from the existing cache. */
  async #shareCache(): Promise<void> {
    const { stdout } = await run(Deno.execPath(), ["info", "--json", "--no-config"]);
    const { denoDir } = JSON.parse(stdout);
    await Deno.mkdir(`${this.#folder}/cache`);
    for (const name of ["npm", "dl"]) {
      await Deno.mkdir(`${denoDir}/${name}`, { recursive: true });
      await Deno.symlink(`${denoDir}/${name}`, `${this.#folder}/cache/${name}`);
    }
  }

  /** Publishes from a copy, which has no lock file and no links to other packages. */
  async #publish(): Promise<void> {
    const cwd = `${this.#folder}/package`;
    await Deno.mkdir(cwd);
    const { publish } = JSON.parse(await Deno.readTextFile(`${ROOT}/deno.json`));
    const files = publish.include.map((name: string) => `${ROOT}/${name}`);
    await succeed("cp", ["-R", ...files, cwd]);
    const args = ["publish", "--no-check", "--allow-dirty", "--no-provenance", "--token=any"];
    await succeed(Deno.execPath(), args, { cwd, env: this.env });
  }

  async #add(folder: string): Promise<void> {
    const config = await Deno.readTextFile(`${folder}/deno.json`);
    const { name, version, exports } = JSON.parse(config);
    this.#packages.set(name, { version, exports, folder });
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (request.method === "POST") {
      await this.#take(request);
      return Response.json({ id: "1", status: "success", error: null });
    }
    if (pathname.startsWith("/api/")) {
      // Deno requests the package, which exists, and the version, which does not.
      const status = pathname.includes("/versions/") ? 404 : 200;
      return Response.json({ githubRepository: null }, { status });
    }
    const [, name = "", rest = ""] = /^\/(@[^/]+\/[^/]+)\/(.+)$/.exec(pathname) ?? [];
    const found = this.#packages.get(name);
    if (found === undefined) return new Response(null, { status: 404 });
    return await answerPackage(name, found, rest);
  }

  /** Unpacks the upload of `deno publish`. */
  async #take(request: Request): Promise<void> {
    const folder = `${this.#folder}/published`;
    await Deno.mkdir(folder);
    await Deno.writeFile(`${folder}.tgz`, new Uint8Array(await request.arrayBuffer()));
    await succeed("tar", ["-xzf", `${folder}.tgz`, "-C", folder]);
    await this.#add(folder);
  }
}

/** Runs a program; throws its stderr if it fails. */
async function succeed(...command: Parameters<typeof run>): Promise<void> {
  const { code, stderr } = await run(...command);
  if (code !== 0) throw new Error(stderr);
}

async function answerPackage(
  name: string,
  { version, exports, folder }: Package,
  path: string,
): Promise<Response> {
  if (path === "meta.json") {
    const [, scope, ownName] = /^@(.*)\/(.*)$/.exec(name) ?? [];
    return Response.json({ scope, name: ownName, latest: version, versions: { [version]: {} } });
  }
  if (path === `${version}_meta.json`) {
    return Response.json({ exports, manifest: Object.fromEntries(await manifestOf(folder)) });
  }
  const file = path.startsWith(`${version}/`) ? path.slice(version.length + 1) : "";
  const type = file.endsWith(".ts") ? "application/typescript" : "text/plain";
  try {
    const bytes = await Deno.readFile(`${folder}/${file}`);
    return new Response(bytes, { headers: { "content-type": type } });
  } catch {
    return new Response(null, { status: 404 });
  }
}

/** Returns the digest of each file by its path in the package. */
async function manifestOf(folder: string, path = ""): Promise<[string, object][]> {
  const found: [string, object][] = [];
  for (const { name, isDirectory } of Deno.readDirSync(`${folder}${path}`)) {
    const own = `${path}/${name}`;
    if (isDirectory) found.push(...await manifestOf(folder, own));
    else {
      const bytes = await Deno.readFile(`${folder}${own}`);
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
      found.push([own, { size: bytes.length, checksum: `sha256-${digest}` }]);
    }
  }
  return found;
}
