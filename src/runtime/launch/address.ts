/**
 * The two addresses that Airflow's coordinator passes on the command line.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";

/** A flag that carries an address: of the frames or of the log lines. */
export type Flag = "comm" | "logs";

/** The address of one of the two sockets. */
export interface Address {
  readonly hostname: string;
  readonly port: number;
}

/** Tells by the command line whether a coordinator started this process. */
export function isLaunched(args: readonly string[]): boolean {
  return args.some((arg) => arg.startsWith("--comm="));
}

/**
 * Reads the address in `--comm=host:port` or `--logs=host:port`.
 *
 * @throws {TaskRuntimeError} `INVALID` when the flag is missing or its value is not an address
 */
export function readAddress(flag: Flag, args: readonly string[]): Address {
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

function invalid(cause: string): TaskRuntimeError {
  return new TaskRuntimeError("INVALID", `Cannot start: ${cause}`);
}
