/**
 * Sends signed requests to S3, with retries.
 *
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import { AwsV4Signer } from "aws4fetch";
import { textOf } from "./s3_xml.ts";
import type { S3Settings } from "./s3_connection.ts";
import { StoreFailure } from "./store.ts";
import type { ErrorCode } from "./task_runtime.ts";

/** The number of attempts if the service is busy or cannot be reached. */
const TRIES = 4;
/** The first pause between two attempts, in milliseconds; it doubles each time. */
const FIRST_WAIT_MS = 200;
const BUSY = new Set([429, 500, 502, 503, 504]);
/** The statuses of a request that was sent to another region than that of the bucket. */
const WRONG_REGION = new Set([301, 307, 400, 403]);
/** The error codes by HTTP status. */
const CODES: Readonly<Record<number, ErrorCode>> = {
  301: "INVALID",
  307: "INVALID",
  400: "INVALID",
  401: "PERMISSION_DENIED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  405: "UNSUPPORTED",
  408: "TIMEOUT",
  409: "CONFLICT",
  411: "INVALID",
  412: "CONFLICT",
  501: "UNSUPPORTED",
};

/** A request to S3. */
export interface S3Request {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  readonly bucket: string;
  /** The key; empty for a request about the bucket. */
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
  readonly signal: AbortSignal;
}

/** An error response of S3. */
export class S3Failure extends StoreFailure {
  /** `status` is the HTTP status, and `s3Code` the error code of S3, e.g. `"NoSuchKey"`. */
  constructor(
    code: ErrorCode,
    reason: string,
    readonly status: number,
    readonly s3Code: string | undefined,
  ) {
    super(code, reason);
  }
}

/** A client of one service with one set of credentials. */
export class S3Client {
  /** The region of the service. */
  readonly region: string;
  readonly #settings: S3Settings;
  /** The signer's cache of signing keys, which are valid for one day. */
  readonly #derived = new Map<string, ArrayBuffer>();

  constructor(settings: S3Settings) {
    this.#settings = settings;
    this.region = settings.region;
  }

  /**
   * Sends a request, with retries if the service is busy. The caller must read or cancel the body of
   * the response.
   *
   * @throws {StoreFailure} for an error response
   */
  async send(request: S3Request): Promise<Response> {
    for (let tries = 1;; tries++) {
      const response = await this.#attempt(request, tries === TRIES);
      if (response?.ok) return response;
      if (response !== undefined && (tries === TRIES || !BUSY.has(response.status))) {
        throw await this.#failureOf(response);
      }
      await response?.body?.cancel();
      const wait = FIRST_WAIT_MS * 2 ** (tries - 1) * (0.5 + Math.random());
      await delay(wait, undefined, { signal: request.signal });
    }
  }

  /** Sends a request and reads the response, which may be an error despite its status. */
  async sendForText(request: S3Request): Promise<string> {
    const response = await this.send(request);
    const text = await response.text();
    // For slow operations S3 sends the status 200 before it knows the result.
    if (/^\s*(?:<\?xml[^>]*>)?\s*<Error>/.test(text)) throw responseFailure(500, text);
    return text;
  }

  /** Sends a request and returns the headers of the response. */
  async sendForHeaders(request: S3Request): Promise<Headers> {
    const { headers, body } = await this.send(request);
    await body?.cancel();
    return headers;
  }

  /** Returns undefined if the connection failed and another attempt follows. */
  async #attempt(request: S3Request, last: boolean): Promise<Response | undefined> {
    // Each attempt gets a new signature, because a signature expires after some minutes.
    const { url, headers } = await this.#signed(request);
    const { method, body, signal } = request;
    try {
      return await fetch(url, { method, headers, body: body ?? null, signal, redirect: "manual" });
    } catch (error) {
      if (last || signal.aborted || !(error instanceof TypeError)) throw error;
      return undefined;
    }
  }

  async #signed(request: S3Request): Promise<{ url: URL; headers: Headers }> {
    const { method, body = new Uint8Array() } = request;
    const url = this.#urlOf(request);
    const { credentials, region } = this.#settings;
    if (credentials === undefined) return { url, headers: new Headers(request.headers) };
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    return await new AwsV4Signer({
      method,
      url: url.href,
      headers: { ...request.headers, "x-amz-content-sha256": await sha256(body) },
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
      service: "s3",
      region,
      cache: this.#derived,
    }).sign();
  }

  #urlOf({ bucket, key = "", query = {} }: S3Request): URL {
    const { endpoint, virtualHosts } = this.#settings;
    const service = new URL(endpoint);
    const folder = service.pathname.replace(/\/$/, "");
    const base = virtualHosts
      ? `${service.protocol}//${bucket}.${service.host}${folder}`
      : `${service.origin}${folder}/${bucket}`;
    const pairs = Object.entries(query).map(([name, value]) => `${name}=${encoded(value)}`);
    const search = pairs.length === 0 ? "" : `?${pairs.join("&")}`;
    return new URL(`${base}/${encodedKey(key)}${search}`);
  }

  async #failureOf(response: Response): Promise<StoreFailure> {
    const failure = responseFailure(response.status, await response.text());
    const region = response.headers.get("x-amz-bucket-region");
    if (region !== null && region !== this.region && WRONG_REGION.has(failure.status)) {
      const hint = `the bucket is in ${region}. Set region_name in the extra of the connection`;
      return new StoreFailure("INVALID", hint, { cause: failure });
    }
    if (failure.code !== "PERMISSION_DENIED" || this.#settings.credentials !== undefined) {
      return failure;
    }
    const hint = `${failure.message}; the request was anonymous, because there is no access key`;
    return new StoreFailure(failure.code, hint, { cause: failure });
  }
}

/** Encodes a key for a URL, except for its slashes. */
export function encodedKey(key: string): string {
  return key.split("/").map(encoded).join("/");
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function responseFailure(status: number, xml: string): S3Failure {
  const named = textOf(xml, "Code");
  const code = CODES[status] ?? "API";
  if (status === 404 && named === "NoSuchBucket") {
    return new S3Failure(code, "the bucket does not exist", status, named);
  }
  // The response to HEAD has no body.
  if (status === 404 && (named === undefined || named === "NoSuchKey")) {
    return new S3Failure(code, "it does not exist", status, named);
  }
  const details = [named, textOf(xml, "Message")].filter((part) => part !== undefined).join(": ");
  const reason = `${status} ${details}`.trimEnd();
  return new S3Failure(code, `S3 responded with ${reason}`, status, named);
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
