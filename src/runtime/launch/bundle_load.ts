/**
 * Loads the bundle that a coordinator started the runtime binary for.
 *
 * The bundle brings its own runtime, which talks with the supervisor and reports the terminal state.
 * The binary connects the sockets, revokes every permission that the bundle does not declare, and
 * reports only if the bundle cannot be loaded at all. A bundle of another SDK connects and reports
 * itself.
 *
 * @module
 */
import { createOverflowFile } from "../../supervisor/overflow_file.ts";
import { confine, type DeclaredPermissions, mayMakeFiles } from "./confinement.ts";
import { openBundleRecording } from "../recording/recording_file.ts";
import { readDeclaredPermissions, readOtherPermissions } from "./bundle_permissions.ts";
import { startExitHelper } from "./exit_helper.ts";
import { isHandoverLeft, leaveHandover, neverServed } from "./handover.ts";
import { exitUnreported } from "./process_exit.ts";
import { connectSockets } from "./sockets.ts";

/** Loads the bundle named on the command line and lets it run. */
export async function loadBundle(args: readonly string[]): Promise<void> {
  const path = args.find((arg) => !arg.startsWith("--")) ?? "";
  const declared = readDeclaredPermissions(path);
  if (declared === undefined) await loadOtherBundle(path);
  else await loadOwnBundle(path, declared, args);
}

/** Loads a bundle that another SDK made for Node. */
async function loadOtherBundle(path: string): Promise<void> {
  let permissions: DeclaredPermissions;
  try {
    permissions = readOtherPermissions();
  } catch (error) {
    exitUnreported(error);
  }
  startExitHelper();
  // Deno 2.7 returns numbers as timers. Node's have methods, such as unref().
  const { clearInterval, clearTimeout, setInterval, setTimeout } = await import("node:timers");
  Object.assign(globalThis, { clearInterval, clearTimeout, setInterval, setTimeout });
  await importConfined(path, permissions);
}

/** Loads a bundle of this SDK, whose runtime takes the handover. */
async function loadOwnBundle(
  path: string,
  declared: DeclaredPermissions,
  args: readonly string[],
): Promise<void> {
  try {
    // Early, since Airflow works for 10 to 40 ms between the connections and its first frame.
    const sockets = connectSockets(args);
    startExitHelper();
    leaveHandover({
      ...sockets,
      recording: openBundleRecording(path),
      overflow: mayMakeFiles(declared) ? undefined : createOverflowFile(),
    });
    if (path === "") {
      throw new Error("Cannot start: the path of the bundle is missing before --comm");
    }
    await importConfined(path, declared);
    if (isHandoverLeft()) throw neverServed();
  } catch (failure) {
    if (isReported(failure)) return;
    const { reportFailedLoad } = await import("./serve.ts");
    await reportFailedLoad(failure, args);
  }
}

/** Asks the runtime in the bundle whether it reports the failure: it listens for such events. */
function isReported(reason: unknown): boolean {
  const promise = Promise.reject(reason);
  promise.catch(() => {});
  const event = { cancelable: true, promise, reason };
  return !globalThis.dispatchEvent(new PromiseRejectionEvent("unhandledrejection", event));
}

/** The property of `globalThis` by which the first module that runs revokes permissions. */
const CONFINE = Symbol.for("airflow-task-runtime.confine");

/**
 * Imports the bundle with the permission to read, and runs it with its own permissions only: all
 * imports of a module are loaded before the first of them runs.
 */
async function importConfined(path: string, declared: DeclaredPermissions): Promise<void> {
  Object.defineProperty(globalThis, CONFINE, {
    configurable: true,
    value: (): void => {
      Reflect.deleteProperty(globalThis, CONFINE);
      confine(declared);
    },
  });
  const first = moduleUrl(`globalThis[Symbol.for("${CONFINE.description}")]();`);
  const modules = [first, fileUrl(path)].map((url) => `import ${JSON.stringify(url)};`);
  await import(moduleUrl(modules.join("")));
}

function moduleUrl(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

function fileUrl(path: string): string {
  const absolute = path.startsWith("/") ? path : `${Deno.cwd()}/${path}`;
  return `file://${encodeURI(absolute).replace(/[?#]/g, encodeURIComponent)}`;
}
