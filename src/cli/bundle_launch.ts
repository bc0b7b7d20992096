/**
 * How the binary starts what a coordinator launched it for: a bundle, with both sockets on their way.
 *
 * @module
 */
import { readNamedPermissions } from "../runtime/launch/declared_permissions.ts";
import type { Dialed } from "../runtime/launch/address.ts";
import { confine, mayMakeFiles, type NamedPermissions } from "../runtime/launch/confinement.ts";
import { prepareEnd } from "../runtime/launch/exit_helper.ts";
import { connect, handOver, isUntaken, lendModule, takeBack } from "../runtime/launch/launch.ts";
import { LoadingWatch } from "../runtime/launch/loading_watch.ts";
import { openBundleRecording } from "../runtime/launch/recording_file.ts";
import { serve } from "../runtime/launch/serve.ts";
import { unnamedFile } from "../supervisor/unnamed_file.ts";
import * as core from "./module_core.ts";

/**
 * Loads the bundle that a coordinator named, while the sockets are on their way: those that were
 * `dialed`, or new ones.
 *
 * @throws {TaskRuntimeError} `INVALID` for a command line without addresses, `CLOSED` when nobody
 * listens there
 */
export async function launch(args: readonly string[], dialed?: Dialed): Promise<void> {
  const path = args.find((arg) => !arg.startsWith("--"));
  // Airflow needs 10 to 40 ms from the connection to its first frame: the bundle loads meanwhile.
  const left = { ...connect(args, dialed), recording: openBundleRecording(path ?? "bundle") };
  handOver(left);
  lendModule(core, () => import("../../mod.ts"));
  // From when on the bundle has taken the sockets, its own copy of the runtime watches.
  using loading = new LoadingWatch(isUntaken);
  try {
    if (path === undefined) throw new Error("Cannot start: no bundle is named before --comm");
    const named = readNamedPermissions(path);
    const loaded = importConfined(path, named);
    // While the file is read, and before its code runs, which may neither start a program nor write.
    prepareEnd();
    if (!mayMakeFiles(named)) handOver({ ...left, overflow: unnamedFile() });
    await Promise.race([loading.failed, loaded]);
    if (isUntaken()) throw new Error(`Cannot run bundle ${path}: it never called serve()`);
  } catch (failure) {
    // Once the bundle has taken the sockets, how the task ended has been told.
    if (!isUntaken()) throw failure;
    await serve(takeBack(args), { failure });
  }
}

/** The property of `globalThis` under which the bundle's first neighbour finds what to do. */
const CONFINE = Symbol.for("airflow-task-runtime.confine");

/**
 * Loads the bundle with the permission to read, and runs it without what it does not name: all of a
 * module's imports are loaded before the first of them runs.
 */
async function importConfined(path: string, named: NamedPermissions): Promise<void> {
  Object.defineProperty(globalThis, CONFINE, {
    configurable: true,
    value: (): void => {
      Reflect.deleteProperty(globalThis, CONFINE);
      confine(named);
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
