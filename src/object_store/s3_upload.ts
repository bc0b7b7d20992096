/**
 * Uploads an object to S3, in one request or in parts.
 *
 * @module
 */
import { escaped, requiredText } from "./s3_xml.ts";
import type { S3Client } from "./s3_client.ts";
import { type Location, StoreFailure, type Upload } from "./store.ts";

const MIB = 2 ** 20;
/** S3 accepts parts of at least 5 MiB, and 10,000 parts; later parts are larger. */
const PART_SIZE = 8 * MIB;
const SMALL_PARTS = 2000;
const LATER_PART_SIZE = 64 * MIB;
const MAX_PARTS = 10_000;
/** The time limit for the deletion of the parts, in milliseconds. */
const CLEAN_UP_MS = 5000;

/**
 * An upload. It holds two parts in memory: one is filled while the other one is sent.
 */
export class S3Upload implements Upload {
  readonly #client: S3Client;
  readonly #location: Location;
  readonly #signal: AbortSignal;
  #part: Uint8Array<ArrayBuffer> | undefined;
  /** The last sent part, whose memory is reused. */
  #sent: Uint8Array<ArrayBuffer> | undefined;
  #filled = 0;
  #uploadId: string | undefined;
  readonly #tags: string[] = [];
  /** Settles when the current part is sent. */
  #sending: Promise<void> = Promise.resolve();

  constructor(client: S3Client, location: Location, signal: AbortSignal) {
    this.#client = client;
    this.#location = location;
    this.#signal = signal;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      this.#part ??= new Uint8Array(this.#partSize());
      const piece = bytes.subarray(at, at + this.#part.length - this.#filled);
      this.#part.set(piece, this.#filled);
      this.#filled += piece.length;
      at += piece.length;
      if (this.#filled === this.#part.length) await this.#sendPart();
    }
  }

  async close(): Promise<void> {
    if (this.#uploadId === undefined) return await this.#putWhole();
    if (this.#filled > 0) await this.#sendPart();
    await this.#sending;
    const parts = this.#tags.map((tag, index) =>
      `<Part><PartNumber>${index + 1}</PartNumber><ETag>${escaped(tag)}</ETag></Part>`
    );
    await this.#client.sendForText({
      ...this.#request("POST", { uploadId: this.#uploadId }),
      body: new TextEncoder().encode(
        `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${
          parts.join("")
        }</CompleteMultipartUpload>`,
      ),
    });
  }

  async abort(): Promise<void> {
    await this.#sending.catch(() => {});
    if (this.#uploadId === undefined) return;
    // The signal of the upload may be aborted already.
    const request = this.#request("DELETE", { uploadId: this.#uploadId });
    const signal = AbortSignal.timeout(CLEAN_UP_MS);
    // If this fails, a lifecycle rule of the bucket deletes the parts.
    await this.#client.sendForHeaders({ ...request, signal }).catch(() => {});
  }

  #partSize(): number {
    return this.#tags.length < SMALL_PARTS ? PART_SIZE : LATER_PART_SIZE;
  }

  async #putWhole(): Promise<void> {
    const body = this.#part?.subarray(0, this.#filled) ?? new Uint8Array();
    await this.#client.sendForHeaders({ ...this.#request("PUT"), body });
  }

  async #sendPart(): Promise<void> {
    const part = this.#part ?? new Uint8Array();
    const body = part.subarray(0, this.#filled);
    await this.#sending;
    if (this.#tags.length === MAX_PARTS) {
      throw new StoreFailure("INVALID", "it is larger than 10,000 parts, the limit of S3");
    }
    this.#uploadId ??= await this.#begin();
    const partNumber = String(this.#tags.length + 1);
    this.#sending = this.#send(partNumber, this.#uploadId, body);
    this.#sending.catch(() => {}); // the next await of #sending reports it
    this.#part = this.#sent?.length === this.#partSize() ? this.#sent : undefined;
    [this.#sent, this.#filled] = [part, 0];
  }

  async #begin(): Promise<string> {
    const xml = await this.#client.sendForText(this.#request("POST", { uploads: "" }));
    return requiredText(xml, "UploadId");
  }

  async #send(
    partNumber: string,
    uploadId: string,
    body: Uint8Array<ArrayBuffer>,
  ): Promise<void> {
    const headers = await this.#client.sendForHeaders({
      ...this.#request("PUT", { partNumber, uploadId }),
      body,
    });
    const tag = headers.get("etag");
    if (tag === null) {
      throw new StoreFailure("MALFORMED", "the response of S3 to a part has no ETag");
    }
    this.#tags.push(tag);
  }

  #request<Method extends "PUT" | "POST" | "DELETE">(
    method: Method,
    query: Readonly<Record<string, string>> = {},
  ): {
    method: Method;
    bucket: string;
    key: string;
    query: Readonly<Record<string, string>>;
    signal: AbortSignal;
  } {
    const { bucket, key } = this.#location;
    return { method, bucket, key, query, signal: this.#signal };
  }
}
