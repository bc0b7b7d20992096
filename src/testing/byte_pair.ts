/**
 * A connection within the process: each end reads the bytes that the other writes.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import type { Transport } from "../supervisor/transport.ts";

/** Makes the two ends of a connection. */
export function bytePair(): readonly [Transport, Transport] {
  const [one, other] = [new End(), new End()];
  one.peer = other;
  other.peer = one;
  return [one, other];
}

class End implements Transport {
  peer: End | undefined;
  readonly #arrived: Uint8Array[] = [];
  #waiting: (() => void) | undefined;
  #isEnded = false;

  async read(buffer: Uint8Array): Promise<number | null> {
    while (this.#arrived.length === 0) {
      if (this.#isEnded) return null;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting = resolve;
      await promise;
    }
    const chunk = this.#arrived.shift() ?? new Uint8Array();
    const length = Math.min(chunk.length, buffer.length);
    buffer.set(chunk.subarray(0, length));
    if (length < chunk.length) this.#arrived.unshift(chunk.subarray(length));
    return length;
  }

  write(bytes: Uint8Array): Promise<number> {
    const { peer } = this;
    if (this.#isEnded || peer === undefined) {
      return Promise.reject(
        new TaskRuntimeError("CLOSED", "Cannot write: the other end closed the connection"),
      );
    }
    // A copy, since the writer may reuse its buffer.
    peer.#arrived.push(bytes.slice());
    peer.#wake();
    return Promise.resolve(bytes.length);
  }

  close(): void {
    for (const end of [this, this.peer]) {
      if (end === undefined) continue;
      end.#isEnded = true;
      end.#wake();
    }
  }

  #wake(): void {
    this.#waiting?.();
    this.#waiting = undefined;
  }
}
