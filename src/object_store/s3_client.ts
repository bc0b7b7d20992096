/**
 * Requests to S3: addressed, signed, tried again, and their refusals understood.
 *
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import { AwsV4Signer } from "aws4fetch";
import { textOf } from "./s3_answer.ts";
import type { S3Settings } from "./s3_connection.ts";
import { StoreFailure } from "./store.ts";
import type { ErrorCode } from "./task_runtime.ts";

/** How often a request is sent that finds the service busy or away. */
const TRIES = 4;
/** The first wait between two tries in milliseconds; each next one is twice as long. */
const FIRST_WAIT_MS = 200;
const BUSY = new Set([429, 500, 502, 503, 504]);
/** What is not said in the answer itself, by its status. */
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

/** One request. */
export interface S3Request {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  readonly bucket: string;
  /** Empty for the bucket itself. */
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
  readonly signal: AbortSignal;
}

/** One service, with one way to log in. */
export class S3Client {
  /** Where it is. */
  readonly region: string;
  readonly #settings: S3Settings;
  /** Keys derived from the secret for a day, which the signer keeps here. */
  readonly #derived = new Map<string, ArrayBuffer>();

  constructor(settings: S3Settings) {
    this.#settings = settings;
    this.region = settings.region;
  }

  /**
   * Sends a request, again when the service is busy; gives an answer that is no refusal, whose body
   * the caller reads or cancels.
   *
   * @throws {StoreFailure} what the service said
   */
  async send(request: S3Request): Promise<Response> {
    for (let tries = 1;; tries++) {
      const answer = await this.#attempt(request, tries === TRIES);
      if (answer?.ok) return answer;
      if (answer !== undefined && (tries === TRIES || !BUSY.has(answer.status))) {
        throw await this.#refusal(answer);
      }
      await answer?.body?.cancel();
      const wait = FIRST_WAIT_MS * 2 ** (tries - 1) * (0.5 + Math.random());
      await delay(wait, undefined, { signal: request.signal });
    }
  }

  /** As {@linkcode send}, and reads the answer, which may be a refusal although it began well. */
  async sendForText(request: S3Request): Promise<string> {
    const answer = await this.send(request);
    const text = await answer.text();
    // Some work takes S3 longer than it waits with the status.
    if (/^\s*(?:<\?xml[^>]*>)?\s*<Error>/.test(text)) throw refusalOf(500, text);
    return text;
  }

  /** As {@linkcode send}, for what is answered without a body; gives the headers. */
  async sendForHeaders(request: S3Request): Promise<Headers> {
    const { headers, body } = await this.send(request);
    await body?.cancel();
    return headers;
  }

  /** Undefined when nothing came back, and there is another try. */
  async #attempt(request: S3Request, last: boolean): Promise<Response | undefined> {
    // Signed anew for each try: a signature is good for some minutes.
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

  async #refusal(answer: Response): Promise<StoreFailure> {
    const refusal = refusalOf(answer.status, await answer.text());
    const region = answer.headers.get("x-amz-bucket-region");
    if (region !== null && region !== this.region) {
      const hint = `the bucket is in ${region}; set region_name in the connection's extra`;
      return new StoreFailure("INVALID", hint, { cause: refusal });
    }
    if (refusal.code !== "PERMISSION_DENIED" || this.#settings.credentials !== undefined) {
      return refusal;
    }
    const hint = `${refusal.message}; the request was anonymous, for want of an access key`;
    return new StoreFailure(refusal.code, hint, { cause: refusal });
  }
}

/** A key in a URL: all but slashes encoded, so that no two keys have one address. */
export function encodedKey(key: string): string {
  return key.split("/").map(encoded).join("/");
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function refusalOf(status: number, xml: string): StoreFailure {
  const named = textOf(xml, "Code");
  const code = CODES[status] ?? "API";
  if (status === 404 && named === "NoSuchBucket") {
    return new StoreFailure(code, "the bucket does not exist");
  }
  // An answer to HEAD has no body.
  if (status === 404 && (named === undefined || named === "NoSuchKey")) {
    return new StoreFailure(code, "it does not exist");
  }
  const said = [named, textOf(xml, "Message")].filter((part) => part !== undefined).join(": ");
  return new StoreFailure(code, `S3 answered ${status}${said === "" ? "" : ` ${said}`}`);
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
