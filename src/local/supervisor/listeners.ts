/**
 * The two listening sockets of a supervised run.
 *
 * @module
 */

/** The two listening sockets of one run. */
export class Listeners implements Disposable {
  /** Listens for the comm connection. */
  readonly comm: Deno.TcpListener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  /** Listens for the log connection. */
  readonly logs: Deno.TcpListener = Deno.listen({ hostname: "127.0.0.1", port: 0 });

  /** Stops listening; accepts that wait are rejected. */
  [Symbol.dispose](): void {
    closeQuietly(this.comm);
    closeQuietly(this.logs);
  }
}

/** The address of a listener as Airflow writes it: `127.0.0.1:PORT`. */
export function addressOf(listener: Deno.TcpListener): string {
  return `${listener.addr.hostname}:${listener.addr.port}`;
}

/** Closes; closing twice throws in Deno, here it means that it is closed. */
export function closeQuietly(resource: { close(): void }): void {
  try {
    resource.close();
  } catch {
    // It was closed already.
  }
}
