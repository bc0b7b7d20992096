// Airflow's connections, tested by the requests that they lead to.

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { TaskRuntimeError } from "@airflow-deno/task-runtime";
import { ObjectStoragePath } from "@airflow-deno/task-runtime/object-store";
import { inTask } from "./in_task.ts";

/** Returns the request for `s3://c@bucket/key` with this connection. */
async function requestBy(
  fields: { readonly login?: string; readonly password?: string },
  extra: Readonly<Record<string, unknown>> = {},
): Promise<{ url: URL; authorization: string | null; token: string | null; error: string }> {
  let asked = { url: new URL("http://none"), headers: new Headers() };
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    asked = { url: new URL(request.url), headers: new Headers(request.headers) };
    const xml = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>";
    return new Response(xml, { status: 403 });
  });
  const endpoint_url = `http://127.0.0.1:${server.addr.port}`;
  const connection = { conn_type: "aws", ...fields, extra: { endpoint_url, ...extra } };
  const error = await inTask({ c: connection }, () => {
    const path = new ObjectStoragePath("s3://c@bucket/key");
    return assertRejects(() => path.readText(), TaskRuntimeError);
  });
  const { url, headers } = asked;
  return {
    url,
    authorization: headers.get("authorization"),
    token: headers.get("x-amz-security-token"),
    error: error.message,
  };
}

Deno.test("S3 connection: signs with login and password, in the region of the extra", async () => {
  const { url, authorization, token } = await requestBy(
    { login: "AKIALOGIN", password: "secret-one" },
    { region_name: "eu-central-1", aws_access_key_id: "other", aws_secret_access_key: "other" },
  );
  assertEquals([url.pathname, token], ["/bucket/key", null]);
  assertStringIncludes(authorization ?? "", "Credential=AKIALOGIN/");
  assertStringIncludes(authorization ?? "", "/eu-central-1/s3/aws4_request");
});

Deno.test("S3 connection: signs with the key and the session token of the extra", async () => {
  const extra = {
    aws_access_key_id: "AKIAEXTRA",
    aws_secret_access_key: "secret-two",
    aws_session_token: "token-two",
  };
  const { authorization, token } = await requestBy({}, extra);
  assertStringIncludes(authorization ?? "", "Credential=AKIAEXTRA/");
  assertStringIncludes(authorization ?? "", "/us-east-1/s3/");
  assertEquals(token, "token-two");
});

Deno.test("S3 connection: sends anonymous requests without a key, and mentions it in errors", async () => {
  for (const extra of [{}, { config_kwargs: { signature_version: "unsigned" } }]) {
    const { authorization, error } = await requestBy({}, extra);
    assertEquals(authorization, null);
    assertStringIncludes(error, "Access Denied; the request was anonymous");
  }
});

Deno.test("S3 connection: is rejected with the reason when it needs more than a key", async () => {
  const key = { login: "AKIA", password: "secret" };
  const cases: [connection: Record<string, unknown>, code: string, reason: string][] = [
    [{ ...key, extra: { role_arn: "arn:aws:iam::1:role/x" } }, "UNSUPPORTED", "has role_arn"],
    [{ ...key, extra: { profile_name: "x" } }, "UNSUPPORTED", "has profile_name"],
    [{ ...key, extra: { verify: false } }, "UNSUPPORTED", "has verify: false"],
    [
      { ...key, extra: { endpoint_url: "minio" } },
      "INVALID",
      'endpoint_url must be an HTTP URL, got "minio"',
    ],
    [{ login: "AKIA" }, "INVALID", "has no password"],
    [{ conn_type: "postgres" }, "INVALID", "must have type aws, got postgres"],
  ];
  for (const [fields, code, reason] of cases) {
    await inTask({ c: { conn_type: "aws", ...fields } }, async () => {
      const path = new ObjectStoragePath("s3://c@bucket/key");
      const error = await assertRejects(() => path.readText(), TaskRuntimeError);
      assertEquals(error.code, code, error.message);
      assertStringIncludes(error.message, 'Cannot read s3://c@bucket/key: connection "c"');
      assertStringIncludes(error.message, reason);
    });
  }
});

Deno.test("S3 connection: exists() rejects when the connection does not exist", async () => {
  await inTask({}, async () => {
    const path = new ObjectStoragePath("s3://c@bucket/key");
    const error = await assertRejects(() => path.exists(), TaskRuntimeError);
    assertEquals(error.message, 'Cannot get connection "c": it does not exist');
  });
});

Deno.test("S3 client: reads an empty range when the response is 416, whatever its headers", async () => {
  const headers = { "x-amz-bucket-region": "eu-west-1" };
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    return new Response("<Error><Code>InvalidRange</Code></Error>", { status: 416, headers });
  });
  const extra = { endpoint_url: `http://127.0.0.1:${server.addr.port}` };
  const text = await inTask({ c: { conn_type: "aws", extra } }, () => {
    return new ObjectStoragePath("s3://c@bucket/key").readText({ offset: 99 });
  });
  assertEquals(text, "");
});

Deno.test("S3 client: retries when the service is busy", async () => {
  let asked = 0;
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    return ++asked < 3 ? new Response("", { status: 503 }) : new Response("there");
  });
  const extra = { endpoint_url: `http://127.0.0.1:${server.addr.port}` };
  const text = await inTask({ c: { conn_type: "aws", extra } }, () => {
    return new ObjectStoragePath("s3://c@bucket/key").readText();
  });
  assertEquals([text, asked], ["there", 3]);
});

Deno.test("S3 upload: buffers at most two parts", async () => {
  const arrived = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      await request.bytes();
      if (request.method === "POST") return new Response("<UploadId>1</UploadId>");
      if (request.method === "DELETE") return new Response(null, { status: 204 });
      arrived.resolve();
      await answer.promise;
      return new Response("", { headers: { etag: '"1"' } });
    },
  );
  const extra = { endpoint_url: `http://127.0.0.1:${server.addr.port}` };
  await inTask({ c: { conn_type: "aws", extra } }, async () => {
    const writer = (await new ObjectStoragePath("s3://c@bucket/key").writable()).getWriter();
    const chunk = new Uint8Array(2 ** 20);
    for (let written = 0; written < 15; written++) await writer.write(chunk);
    let answered = false;
    const full = writer.write(chunk).then(() => answered);
    await arrived.promise;
    answered = true;
    answer.resolve();
    assertEquals(await full, true);
    await writer.abort();
  });
});
