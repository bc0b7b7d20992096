/** Private certificates and proxies, for bundles that run by the binary and by `deno`. */
import { assertEquals } from "@std/assert";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { packedBundle, ROOT } from "../cli/packed.ts";
import { runTask } from "../runtime/run_task.ts";

const TESTDATA = new URL("./testdata/tls/", import.meta.url).pathname;
const CA = `${TESTDATA}ca.pem`;
const BINARY = `${ROOT}/dist/airflow-task-runtime`;

/** The programs that run bundles on a worker. */
const PROGRAMS = [
  { program: "the binary", path: BINARY },
  { program: "deno", path: Deno.execPath() },
];

/** Replaces the settings of the machine that runs these tests. */
const DEFAULTS = {
  DENO_CERT: "",
  NODE_EXTRA_CA_CERTS: "",
  SSL_CERT_FILE: "",
  DENO_TLS_CA_STORE: "mozilla",
  HTTPS_PROXY: "",
  NO_PROXY: "",
};
const TRUSTED = ["secret", 200];
const REFUSED = ["refused", "refused"];

/** The worker's variables, and the task's results of fetch() and node:https. */
const SETTINGS: Readonly<Record<string, readonly [Record<string, string>, unknown]>> = {
  "no setting": [{}, REFUSED],
  "DENO_CERT": [{ DENO_CERT: CA }, TRUSTED],
  "NODE_EXTRA_CA_CERTS": [{ NODE_EXTRA_CA_CERTS: CA }, TRUSTED],
  "SSL_CERT_FILE and DENO_TLS_CA_STORE=system": [
    { SSL_CERT_FILE: CA, DENO_TLS_CA_STORE: "system" },
    TRUSTED,
  ],
};

let folder: TemporaryFolder;

Deno.test.beforeAll(async () => {
  folder = await TemporaryFolder.create();
  await packedBundle(`${folder.path}/fetches`, `${TESTDATA}fetches.ts`);
});

Deno.test.afterAll(() => folder[Symbol.asyncDispose]());

/** Serves HTTPS with the certificate that ca.pem has signed. */
function serveTls(): Deno.HttpServer<Deno.NetAddr> {
  const [cert, key] = ["server.pem", "server.key"].map((name) =>
    Deno.readTextFileSync(TESTDATA + name)
  );
  return Deno.serve(
    { hostname: "127.0.0.1", port: 0, cert: cert ?? "", key: key ?? "", onListen() {} },
    () => new Response("secret"),
  );
}

/** Runs the task by the program at `path`; returns its results of fetch() and node:https. */
async function fetchBy(path: string, port: number, env: Record<string, string>): Promise<unknown> {
  const ran = await runTask("fetch", {
    dagId: "tls",
    command: [`${folder.path}/fetches`],
    env: { ...DEFAULTS, AIRFLOW_TASK_RUNTIME: path, ...env },
    fixtures: { variables: { url: `https://localhost:${port}/` } },
  });
  assertEquals(ran.state, "success", JSON.stringify(ran.log));
  return ran.returned;
}

for (const { program, path } of PROGRAMS) {
  const ignore = !await Deno.stat(path).then(() => true, () => false);

  for (const [setting, [env, expected]] of Object.entries(SETTINGS)) {
    Deno.test({
      name: `private CA, ${program}: ${
        expected === TRUSTED ? "accepts" : "refuses"
      } the server when the worker has ${setting}`,
      ignore,
      async fn() {
        await using server = serveTls();
        assertEquals(await fetchBy(path, server.addr.port, env), expected);
      },
    });
  }

  Deno.test({
    name: `proxy, ${program}: fetch() uses HTTPS_PROXY unless NO_PROXY contains the host`,
    ignore,
    async fn() {
      await using server = serveTls();
      await using proxy = new Proxy();
      const env = { DENO_CERT: CA, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
      const target = `CONNECT localhost:${server.addr.port} HTTP/1.1`;
      assertEquals(await fetchBy(path, server.addr.port, env), TRUSTED);
      assertEquals(proxy.requests, [target]);
      assertEquals(
        await fetchBy(path, server.addr.port, { ...env, NO_PROXY: "localhost" }),
        TRUSTED,
      );
      assertEquals(proxy.requests, [target]);
    },
  });
}

/** An HTTP proxy that understands CONNECT only. */
class Proxy implements AsyncDisposable {
  readonly requests: string[] = [];
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #done = this.#accept();

  get port(): number {
    return this.#listener.addr.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#done;
  }

  async #accept(): Promise<void> {
    const tunnels: Promise<void>[] = [];
    try {
      for await (const client of this.#listener) tunnels.push(this.#tunnel(client));
    } finally {
      await Promise.allSettled(tunnels);
    }
  }

  async #tunnel(client: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(4096);
    const read = await client.read(buffer) ?? 0;
    const [line = ""] = new TextDecoder().decode(buffer.subarray(0, read)).split("\r\n");
    this.requests.push(line);
    const port = Number(/:(\d+) /.exec(line)?.[1]);
    const server = await Deno.connect({ hostname: "127.0.0.1", port });
    await client.write(new TextEncoder().encode("HTTP/1.1 200 Connected\r\n\r\n"));
    // Each end closes its connection when the other end has.
    await Promise.allSettled([
      server.readable.pipeTo(client.writable),
      client.readable.pipeTo(server.writable),
    ]);
  }
}
