/**
 * The two sockets to Airflow's supervisor, whose addresses the coordinator passes on the command line.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";

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

/** Tells by the command line whether a coordinator started this process. */
export function isLaunched(args: readonly string[]): boolean {
  return args.some((arg) => arg.startsWith("--comm="));
}

/** A flag that carries an address: of the frames or of the log lines. */
type Flag = "comm" | "logs";

/** The address of one of the two sockets. */
interface Address {
  readonly hostname: string;
  readonly port: number;
}

/**
 * Reads the address in `--comm=host:port` or `--logs=host:port`.
 *
 * @throws {TaskRuntimeError} `INVALID` when the flag is missing or its value is not an address
 */
function readAddress(flag: Flag, args: readonly string[]): Address {
  const prefix = `--${flag}=`;
  const arg = args.find((each) => each.startsWith(prefix));
  if (arg === undefined) {
    throw invalid(`--${flag}=host:port is missing. Airflow's coordinator passes it`);
  }
  const address = arg.slice(prefix.length);
  const colon = address.lastIndexOf(":");
  const host = address.slice(0, Math.max(colon, 0));
  const hostname = host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
  const port = Number(address.slice(colon + 1));
  if (hostname !== "" && Number.isInteger(port) && port > 0 && port < 65536) {
    return { hostname, port };
  }
  throw invalid(`${arg} must be host:port`);
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

function invalid(cause: string): TaskRuntimeError {
  return new TaskRuntimeError("INVALID", `Cannot start: ${cause}`);
}
