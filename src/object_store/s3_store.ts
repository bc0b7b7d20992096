/**
 * The store for S3 and compatible services.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { directoryKey } from "./location.ts";
import { decodedKey, elements, escaped, requiredText, textOf } from "./s3_xml.ts";
import { encodedKey, type S3Client, S3Failure } from "./s3_client.ts";
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

/** The largest object that S3 copies, in bytes. */
const MAX_COPIED_BYTES = 5 * 2 ** 30;
/** The largest number of objects in a delete request. */
const MAX_DELETED = 1000;

const DIRECTORY: ObjectStat = {
  isFile: false,
  isDirectory: true,
  size: null,
  modified: null,
  etag: null,
};

/** The store that one client can access. */
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
      // A range beyond the end is empty, as in a file.
      if (error instanceof S3Failure && error.status === 416) return empty();
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
        // An object whose key ends in a slash is the marker of a directory.
        if (listed.key.endsWith("/")) {
          if (!recursive && listed.key !== prefix) {
            yield { ...DIRECTORY, key: listed.key.slice(0, -1) };
          }
        } else yield listed;
      }
      for (const each of elements(page, "CommonPrefixes")) {
        const key = decodedKey(requiredText(each, "Prefix"));
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
      for (let at = 0; at < keys.length; at += MAX_DELETED) {
        await this.#removeAll(bucket, keys.slice(at, at + MAX_DELETED), signal);
      }
    }
  }

  async copy(from: Location, to: Location, signal: AbortSignal): Promise<boolean> {
    const { size } = await this.stat(from, signal);
    if (size === null || size > MAX_COPIED_BYTES) return false;
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

  /** Creates the bucket. Keys need no directories. */
  async makeDirectory({ bucket, key }: Location, signal: AbortSignal): Promise<void> {
    if (key !== "") return;
    const { region } = this.#client;
    const constraint = region === "us-east-1"
      ? ""
      : "<CreateBucketConfiguration><LocationConstraint>" + escaped(region) +
        "</LocationConstraint></CreateBucketConfiguration>";
    const body = new TextEncoder().encode(constraint);
    try {
      await this.#client.sendForHeaders({ method: "PUT", bucket, body, signal });
    } catch (error) {
      const isOwn = error instanceof S3Failure && error.s3Code === "BucketAlreadyOwnedByYou";
      if (!isOwn) throw error;
    }
  }

  async #isPrefix({ bucket, key }: Location, signal: AbortSignal): Promise<boolean> {
    const query = { "list-type": "2", prefix: directoryKey(key), "max-keys": "1" };
    const xml = await this.#client.sendForText({ method: "GET", bucket, query, signal });
    return elements(xml, "Contents").length > 0;
  }

  /** Yields the pages of a list, with up to 1000 keys each. */
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
      next = { "continuation-token": requiredText(page, "NextContinuationToken") };
    }
  }

  async #removeAll(bucket: string, keys: readonly string[], signal: AbortSignal): Promise<void> {
    // deno-lint-ignore no-control-regex -- XML cannot contain these characters
    const unwritable = keys.filter((key) => /[\u0000-\u001f\ufffe\uffff]/.test(key));
    for (const key of unwritable) {
      await this.#client.sendForHeaders({ method: "DELETE", bucket, key, signal });
    }
    const plain = keys.filter((key) => !unwritable.includes(key));
    if (plain.length === 0) return;
    const objects = plain.map((key) => `<Object><Key>${escaped(key)}</Key></Object>`);
    const body = new TextEncoder().encode(
      `<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Quiet>true</Quiet>${
        objects.join("")
      }</Delete>`,
    );
    // S3 requires this digest.
    const headers = { "content-md5": createHash("md5").update(body).digest("base64") };
    const query = { delete: "" };
    const request = { method: "POST", bucket, query, headers, body, signal } as const;
    const [failure] = elements(await this.#client.sendForText(request), "Error");
    if (failure === undefined) return;
    const [key, code] = [textOf(failure, "Key"), textOf(failure, "Code")];
    throw new StoreFailure(
      code === "AccessDenied" ? "PERMISSION_DENIED" : "API",
      `S3 did not delete "${key}": ${code}: ${textOf(failure, "Message")}`,
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
    key: decodedKey(requiredText(xml, "Key")),
    isFile: true,
    isDirectory: false,
    size: Number(requiredText(xml, "Size")),
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
