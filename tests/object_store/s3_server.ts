/**
 * A local S3 server: moto, which `scripts/setup_s3` installs.
 *
 * @module
 */

const PYTHON = new URL("../../.tools/s3/bin/python", import.meta.url).pathname;

/** Serves on a free port and prints the port. */
const SERVER = `
import os
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server
server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True)
print(server.port, flush=True)
os.close(1)
server.serve_forever()
`;

/** True if moto is installed. */
export const HAS_S3: boolean = await Deno.stat(PYTHON).then(() => true, () => false);

/** An access key of the server. */
export interface AccessKey {
  readonly id: string;
  readonly secret: string;
}

/** A server that checks the signature of each request. */
export class S3Server implements AsyncDisposable {
  /** Its address, e.g. `http://127.0.0.1:40123`. */
  readonly endpoint: string;
  /** A key with all permissions. */
  readonly key: AccessKey;
  readonly #process: Deno.ChildProcess;

  private constructor(endpoint: string, key: AccessKey, process: Deno.ChildProcess) {
    this.endpoint = endpoint;
    this.key = key;
    this.#process = process;
  }

  /** Starts it on a free port. */
  static async start(): Promise<S3Server> {
    const process = new Deno.Command(PYTHON, {
      args: ["-c", SERVER],
      env: { INITIAL_NO_AUTH_ACTION_COUNT: "1000000" },
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const port = (await new Response(process.stdout).text()).trim();
    if (port === "") throw new Error(`the S3 server did not start: ${(await process.status).code}`);
    const endpoint = `http://127.0.0.1:${port}`;
    const key = await makeKey(endpoint);
    // From here on the server checks signatures and policies.
    await call(`${endpoint}/moto-api/reset-auth`, "0");
    return new S3Server(endpoint, key, process);
  }

  /** Airflow's connection to it. */
  connection(extra: Readonly<Record<string, unknown>> = {}): {
    conn_type: string;
    login: string;
    password: string;
    extra: Readonly<Record<string, unknown>>;
  } {
    const { id, secret } = this.key;
    return {
      conn_type: "aws",
      login: id,
      password: secret,
      extra: { endpoint_url: this.endpoint, region_name: "eu-central-1", ...extra },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill();
    await this.#process.status;
  }
}

/** Makes a user who may do everything with S3. */
async function makeKey(endpoint: string): Promise<AccessKey> {
  const policy = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }],
  };
  const user = { UserName: "tests" };
  await iam(endpoint, { Action: "CreateUser", ...user });
  await iam(endpoint, {
    Action: "PutUserPolicy",
    ...user,
    PolicyName: "all",
    PolicyDocument: JSON.stringify(policy),
  });
  const answer = await iam(endpoint, { Action: "CreateAccessKey", ...user });
  const [, id = ""] = /<AccessKeyId>(.*?)</.exec(answer) ?? [];
  const [, secret = ""] = /<SecretAccessKey>(.*?)</.exec(answer) ?? [];
  return { id, secret };
}

async function iam(endpoint: string, form: Readonly<Record<string, string>>): Promise<string> {
  const scope = "Credential=none/20260101/us-east-1/iam/aws4_request";
  return await call(endpoint, new URLSearchParams({ Version: "2010-05-08", ...form }), {
    authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=none`,
  });
}

async function call(
  url: string,
  body: string | URLSearchParams,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const answer = await fetch(url, { method: "POST", body, headers });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`the S3 server answered ${answer.status}: ${text}`);
  return text;
}
