/**
 * Buckets of S3 and of the services that speak as it does.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { directoryKey } from "./location.ts";
import { decodedKey, elements, escaped, neededText, textOf } from "./s3_answer.ts";
import { encodedKey, type S3Client } from "./s3_client.ts";
import { S3Upload } from "./s3_upload.ts";
import {
  type ByteRange,
  type Listed,
  type Location,
  type ObjectStat,
  type Store,
  StoreFailure,
  type Upload,
} from "./store.ts";

/** What S3 copies itself, in bytes. */
const MOST_COPIED = 5 * 2 ** 30;
/** How many objects S3 deletes by one request. */
const MOST_DELETED = 1000;

const DIRECTORY: ObjectStat = {
  isFile: false,
  isDirectory: true,
  size: null,
  modified: null,
  etag: null,
};

/** What one client sees. */
export class S3Store implements Store {
  readonly #client: S3Client;

  constructor(client: S3Client) {
    this.#client = client;
  }

  async stat(location: Location, signal: AbortSignal): Promise<ObjectStat> {
    const { bucket, key } = location;
    try {
      const request = { method: "HEAD", bucket, key, signal } as const;
      const headers = await this.#client.sendForHeaders(request);
      return key === "" ? DIRECTORY : statOf(headers);
    } catch (error) {
      const isMissing = error instanceof StoreFailure && error.code === "NOT_FOUND";
      if (!isMissing || key === "" || !await this.#isPrefix(location, signal)) throw error;
      return DIRECTORY;
    }
  }

  async read(
    { bucket, key }: Location,
    { offset, length }: ByteRange,
    signal: AbortSignal,
  ): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    if (key === "") throw new StoreFailure("INVALID", "it is a bucket");
    if (length === 0) return empty();
    const end = length === undefined ? "" : offset + length - 1;
    const isPart = offset > 0 || length !== undefined;
    const headers: Record<string, string> = isPart ? { range: `bytes=${offset}-${end}` } : {};
    try {
      const { body } = await this.#client.send({ method: "GET", bucket, key, headers, signal });
      return body ?? empty();
    } catch (error) {
      // Behind the end there is nothing, as with files.
      if (error instanceof StoreFailure && /^S3 answered 416/.test(error.message)) return empty();
      throw error;
    }
  }

  upload(location: Location, signal: AbortSignal): Promise<Upload> {
    if (location.key !== "") {
      return Promise.resolve(new S3Upload(this.#client, location, signal));
    }
    return Promise.reject(new StoreFailure("INVALID", "it is a bucket"));
  }

  async *list(location: Location, recursive: boolean, signal: AbortSignal): AsyncIterable<Listed> {
    const prefix = directoryKey(location.key);
    const query = { prefix, ...(recursive ? {} : { delimiter: "/" }) };
    for await (const page of this.#pages(location.bucket, query, signal)) {
      for (const each of elements(page, "Contents")) {
        const listed = listedOf(each);
        // An empty object of a directory's name stands for the directory.
        if (listed.key.endsWith("/")) {
          if (!recursive && listed.key !== prefix) {
            yield { ...DIRECTORY, key: listed.key.slice(0, -1) };
          }
        } else yield listed;
      }
      for (const each of elements(page, "CommonPrefixes")) {
        const key = decodedKey(neededText(each, "Prefix"));
        yield { ...DIRECTORY, key: key.replace(/\/$/, "") };
      }
    }
  }

  async remove(location: Location, recursive: boolean, signal: AbortSignal): Promise<void> {
    const { bucket, key } = location;
    await this.#client.sendForHeaders({ method: "DELETE", bucket, key, signal });
    if (!recursive) return;
    const query = { prefix: directoryKey(key) };
    for await (const page of this.#pages(bucket, query, signal)) {
      const keys = elements(page, "Contents").map((each) => listedOf(each).key);
      for (let at = 0; at < keys.length; at += MOST_DELETED) {
        await this.#removeAll(bucket, keys.slice(at, at + MOST_DELETED), signal);
      }
    }
  }

  async copy(from: Location, to: Location, signal: AbortSignal): Promise<boolean> {
    const { size } = await this.stat(from, signal);
    if (size === null || size > MOST_COPIED) return false;
    await this.#client.sendForText({
      method: "PUT",
      bucket: to.bucket,
      key: to.key,
      headers: { "x-amz-copy-source": `/${from.bucket}/${encodedKey(from.key)}` },
      signal,
    });
    return true;
  }

  rename(): Promise<boolean> {
    return Promise.resolve(false);
  }

  /** Makes the bucket; a key needs no directory to lie in. */
  async makeDirectory({ bucket, key }: Location, signal: AbortSignal): Promise<void> {
    if (key !== "") return;
    const { region } = this.#client;
    const place = region === "us-east-1"
      ? ""
      : "<CreateBucketConfiguration><LocationConstraint>" + escaped(region) +
        "</LocationConstraint></CreateBucketConfiguration>";
    const body = new TextEncoder().encode(place);
    try {
      await this.#client.sendForHeaders({ method: "PUT", bucket, body, signal });
    } catch (error) {
      const isOurs = error instanceof StoreFailure && /BucketAlreadyOwnedByYou/.test(error.message);
      if (!isOurs) throw error;
    }
  }

  async #isPrefix({ bucket, key }: Location, signal: AbortSignal): Promise<boolean> {
    const query = { "list-type": "2", prefix: directoryKey(key), "max-keys": "1" };
    const xml = await this.#client.sendForText({ method: "GET", bucket, query, signal });
    return elements(xml, "Contents").length > 0;
  }

  /** The pages of a list, of up to a thousand keys each. */
  async *#pages(
    bucket: string,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): AsyncIterable<string> {
    let next: Record<string, string> = {};
    for (;;) {
      const page = await this.#client.sendForText({
        method: "GET",
        bucket,
        query: { "list-type": "2", "encoding-type": "url", ...query, ...next },
        signal,
      });
      yield page;
      if (textOf(page, "IsTruncated") !== "true") return;
      next = { "continuation-token": neededText(page, "NextContinuationToken") };
    }
  }

  async #removeAll(bucket: string, keys: readonly string[], signal: AbortSignal): Promise<void> {
    // deno-lint-ignore no-control-regex -- these XML has no way to say
    const strange = keys.filter((key) => /[\u0000-\u001f\ufffe\uffff]/.test(key));
    for (const key of strange) {
      await this.#client.sendForHeaders({ method: "DELETE", bucket, key, signal });
    }
    const plain = keys.filter((key) => !strange.includes(key));
    if (plain.length === 0) return;
    const objects = plain.map((key) => `<Object><Key>${escaped(key)}</Key></Object>`);
    const body = new TextEncoder().encode(
      `<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Quiet>true</Quiet>${
        objects.join("")
      }</Delete>`,
    );
    // S3 asks for this digest of a list of what it is to delete.
    const headers = { "content-md5": createHash("md5").update(body).digest("base64") };
    const query = { delete: "" };
    const request = { method: "POST", bucket, query, headers, body, signal } as const;
    const [refused] = elements(await this.#client.sendForText(request), "Error");
    if (refused === undefined) return;
    const [key, code] = [textOf(refused, "Key"), textOf(refused, "Code")];
    throw new StoreFailure(
      code === "AccessDenied" ? "PERMISSION_DENIED" : "API",
      `S3 did not delete ${key}: ${code}: ${textOf(refused, "Message")}`,
    );
  }
}

function statOf(headers: Headers): ObjectStat {
  const modified = Date.parse(headers.get("last-modified") ?? "");
  return {
    isFile: true,
    isDirectory: false,
    size: Number(headers.get("content-length") ?? 0),
    modified: Number.isNaN(modified) ? null : Temporal.Instant.fromEpochMilliseconds(modified),
    etag: bareTag(headers.get("etag")),
  };
}

function listedOf(xml: string): Listed {
  const modified = textOf(xml, "LastModified");
  return {
    key: decodedKey(neededText(xml, "Key")),
    isFile: true,
    isDirectory: false,
    size: Number(neededText(xml, "Size")),
    modified: modified === undefined ? null : Temporal.Instant.from(modified),
    etag: bareTag(textOf(xml, "ETag") ?? null),
  };
}

function bareTag(tag: string | null): string | null {
  return tag === null ? null : tag.replace(/^(?:W\/)?"(.*)"$/, "$1");
}

function empty(): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({ start: (controller) => controller.close() });
}
