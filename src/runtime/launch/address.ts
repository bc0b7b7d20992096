/**
 * Where Airflow's supervisor listens, as the command line of a launch tells.
 *
 * It is looked at before anything else is loaded, so this file imports nothing.
 *
 * @module
 */

/** An address on the command line: of the frames or of the log lines. */
export type Flag = "comm" | "logs";

/** Where one of the two sockets leads. */
export interface Address {
  readonly hostname: string;
  readonly port: number;
}

/** Connections that are on their way. */
export interface Dialed {
  /** Where frames go back and forth. */
  readonly comm: Promise<Deno.TcpConn>;
  /** Where log lines go. */
  readonly logs: Promise<Deno.TcpConn>;
}

/** Whether a coordinator has started us, judged by the command line. */
export function isLaunched(args: readonly string[]): boolean {
  return args.some((arg) => arg.startsWith("--comm="));
}

/** Begins to connect to both; undefined where the command line does not name two addresses. */
export function dial(args: readonly string[]): Dialed | undefined {
  const [comm, logs] = [readAddress("comm", args), readAddress("logs", args)];
  if (comm === undefined || logs === undefined) return undefined;
  const dialed = { comm: Deno.connect(comm), logs: Deno.connect(logs) };
  // Whoever takes them awaits both; until then a failure must not end the process.
  dialed.comm.catch(() => {});
  dialed.logs.catch(() => {});
  return dialed;
}

/** The address that `--comm=host:port` or `--logs=host:port` gives; undefined when none does. */
export function readAddress(flag: Flag, args: readonly string[]): Address | undefined {
  const prefix = `--${flag}=`;
  const address = args.find((arg) => arg.startsWith(prefix))?.slice(prefix.length);
  // Without a regular expression: to compile the first one of a process takes 0.1 ms.
  const colon = address?.lastIndexOf(":") ?? 0;
  const host = address?.slice(0, colon) ?? "";
  const hostname = host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
  const port = Number(address?.slice(colon + 1));
  const isPort = Number.isInteger(port) && port > 0 && port < 65536;
  return hostname !== "" && isPort ? { hostname, port } : undefined;
}
