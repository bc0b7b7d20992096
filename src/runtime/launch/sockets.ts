/**
 * The two sockets back to Airflow's supervisor.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import { type Address, type Flag, readAddress } from "./address.ts";

/** Both sockets, connected or being connected; both reject with `CLOSED` if that fails. */
export interface Sockets {
  /** Carries frames in both directions. */
  readonly comm: Promise<Deno.TcpConn>;
  /** Carries log lines to the supervisor. */
  readonly logs: Promise<Deno.TcpConn>;
}

/**
 * Connects to both addresses of the command line.
 *
 * @throws {TaskRuntimeError} `INVALID` when `--comm` or `--logs` is missing or not an address
 */
export function connectSockets(args: readonly string[]): Sockets {
  const [comm, logs] = [readAddress("comm", args), readAddress("logs", args)];
  return { comm: connect("comm", comm), logs: connect("logs", logs) };
}

function connect(flag: Flag, address: Address): Promise<Deno.TcpConn> {
  const connection = Deno.connect(address).catch((cause) => {
    const { hostname, port } = address;
    throw new TaskRuntimeError(
      "CLOSED",
      `Cannot connect to Airflow's supervisor at ${hostname}:${port} (--${flag}): ${cause.message}`,
      { cause },
    );
  });
  // Serving awaits both sockets; until then a failure must not end the process.
  connection.catch(() => {});
  return connection;
}
