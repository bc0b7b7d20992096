/**
 * How Airflow's coordinator starts us: two addresses on the command line, two sockets back to it.
 *
 * The compiled binary loads this file before anything else, so it imports next to nothing.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import { type Address, type Dialed, type Flag, readAddress } from "./address.ts";

/** The sockets to the supervisor, on their way or there. */
export interface Launch {
  /** Where frames go back and forth. */
  readonly comm: Promise<Deno.TcpConn>;
  /** Where log lines go. */
  readonly logs: Promise<Deno.TcpConn>;
  /** Whether the end of the process is prepared. */
  readonly prepared?: boolean;
  /** What the run is recorded to, if it is. */
  readonly recording?: Deno.FsFile | undefined;
  /** An empty file for log lines that wait, where the bundle may make none. */
  readonly overflow?: Deno.FsFile | undefined;
}

/**
 * What the binary leaves for the bundle that it loads.
 *
 * The two are built apart and may be of different versions, so that this is all they have to share: a
 * version number, the sockets, and what needs permissions that the bundle may lack: the end, which is
 * prepared, and the files to record to and for log lines that wait.
 */
export interface LaunchHandover extends Launch {
  /** The form of the handover; 1. */
  readonly version: 1;
}

/** The property of `globalThis` under which the handover lies. */
const HANDOVER = Symbol.for("airflow-task-runtime.launch");

/** The property of `globalThis` under which the binary lends its copy of the module. */
const LENT = Symbol.for("airflow-task-runtime.lent");

/** The binary's copy of the module, in two parts: most bundles do with the first. */
export interface LentModule {
  /** The version of both. */
  readonly version: string;
  /** What a launch needs anyway, by its names in the module. */
  readonly core: Readonly<Record<string, unknown>>;
  /** Loads the whole module, of which the core is a part. */
  readonly whole: () => Promise<object>;
}

/**
 * Lends bundles the binary's own copy of the module, which need not be compiled, as theirs must.
 *
 * A bundle of the very same version takes it (see `bundle/module_link.ts`), any other its own; the
 * whole of it only a bundle that imports more than the core.
 */
export function lendModule(
  core: Readonly<Record<string, unknown>> & { readonly VERSION: string },
  whole: () => Promise<object>,
): void {
  const lent: LentModule = { version: core.VERSION, core, whole };
  Object.defineProperty(globalThis, LENT, { value: lent });
}

/**
 * Connects both sockets at once, unless they were `dialed` before.
 *
 * @throws {TaskRuntimeError} `INVALID` when `--comm=host:port` or `--logs=host:port` is missing or
 * no address; the promises reject with `CLOSED` when nobody listens there
 */
export function connect(args: readonly string[], dialed?: Dialed): Launch {
  const [comm, logs] = [addressOf("comm", args), addressOf("logs", args)];
  return {
    comm: told("comm", comm, dialed?.comm ?? Deno.connect(comm)),
    logs: told("logs", logs, dialed?.logs ?? Deno.connect(logs)),
  };
}

/** The connection, whose failure says where it was to lead. */
function told(
  flag: Flag,
  { hostname, port }: Address,
  dialed: Promise<Deno.TcpConn>,
): Promise<Deno.TcpConn> {
  const connection = dialed.catch((cause) => {
    throw new TaskRuntimeError(
      "CLOSED",
      `Cannot connect to Airflow's supervisor at ${hostname}:${port} (--${flag}): ${cause.message}`,
      { cause },
    );
  });
  // Whoever takes the launch awaits both; until then a failure must not end the process.
  connection.catch(() => {});
  return connection;
}

/** Leaves the sockets for the bundle's own `serve()`; in place of what was left before. */
export function handOver(launch: Launch): void {
  const handover: LaunchHandover = { ...launch, version: 1, prepared: true };
  Object.defineProperty(globalThis, HANDOVER, { value: handover, configurable: true });
}

/** Takes the sockets that the binary left, or connects when there are none. */
export function takeLaunch(args: readonly string[]): Launch {
  const handover: unknown = Reflect.get(globalThis, HANDOVER);
  if (!isHandover(handover)) return connect(args);
  Reflect.deleteProperty(globalThis, HANDOVER);
  return handover;
}

/**
 * Takes the sockets that the binary left from a bundle that could not be loaded, which may go on all
 * the same: if it comes to its own `serve()`, it waits there for ever.
 */
export function takeBack(args: readonly string[]): Launch {
  const launch = takeLaunch(args);
  const never = new Promise<never>(() => {});
  handOver({ comm: never, logs: never });
  return launch;
}

/** Whether sockets that were left with {@linkcode handOver} still lie there. */
export function isUntaken(): boolean {
  return Reflect.has(globalThis, HANDOVER);
}

function isHandover(value: unknown): value is LaunchHandover {
  return typeof value === "object" && value !== null && Reflect.get(value, "version") === 1;
}

function addressOf(flag: Flag, args: readonly string[]): Address {
  const address = readAddress(flag, args);
  if (address !== undefined) return address;
  const text = args.find((arg) => arg.startsWith(`--${flag}=`));
  throw new TaskRuntimeError(
    "INVALID",
    text === undefined
      ? `Cannot start: --${flag}=host:port is missing; Airflow's coordinator passes it`
      : `Cannot start: ${text} is no host:port`,
  );
}
