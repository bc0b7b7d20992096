/**
 * The interface of a socket.
 *
 * @module
 */

/** A two-way stream of bytes, such as `Deno.Conn` or one end of an in-memory pair. */
export interface Transport {
  /** Reads some bytes into `buffer`; resolves to their number, or null at the end of the stream. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Writes some of `bytes`; resolves to how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Closes both directions. */
  close(): void;
}

/** Writes all of `bytes`, in as few writes as the transport allows. */
export async function writeAll(transport: Transport, bytes: Uint8Array): Promise<void> {
  let written = await transport.write(bytes);
  while (written < bytes.length) written += await transport.write(bytes.subarray(written));
}
