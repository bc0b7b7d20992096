/**
 * Turns an access that Deno denied into a message with the permission that the bundle must declare.
 *
 * @module
 */
import { FinalError, withCauses } from "./failure.ts";

const WHY = "it lacks a permission";
const REQUIRES = /^Requires (\w+) access(?: to (?:"([^"]*)"|(<\w+>|\S+?))(?=[,;]|$))?/;

/**
 * Returns the failure of a task that was denied an access; undefined if `error` has another cause.
 *
 * It is final, since the next try would be denied as well. `task` is the task's name in the message.
 */
export function denialOf(error: unknown, task: string): FinalError | undefined {
  const denied = notCapableIn(error);
  if (denied === undefined) return undefined;
  return new FinalError("PERMISSION_DENIED", `Cannot run ${task}: ${explain(denied.message)}`, {
    why: WHY,
    cause: error,
  });
}

function notCapableIn(error: unknown): Error | undefined {
  try {
    for (const at of withCauses(error)) if (at instanceof Deno.errors.NotCapable) return at;
  } catch {
    // A getter of the error threw.
  }
  return undefined;
}

function explain(message: string): string {
  const [, kind, quoted, other] = REQUIRES.exec(message) ?? [];
  if (kind === undefined) return `it has no permission: ${message}`;
  const target = quoted ?? other;
  const to = target === undefined ? "" : ` to "${target}"`;
  const denial = `it has no permission for ${kind} access${to}`;
  // A bundle cannot declare these two.
  if (kind === "import" || kind === "all") return denial;
  const entry = target === undefined ? "true" : `[${JSON.stringify(entryFor(kind, target))}]`;
  return `${denial}; add ${kind}: ${entry} to the bundle's permissions and pack it again`;
}

/** Returns the entry to declare: a host without port 443 or 80, "/tmp" for a temporary file. */
function entryFor(kind: string, target: string): string {
  if (target === "<TMP>") return "/tmp";
  return kind === "net" ? target.replace(/(?<=.):(?:443|80)$/, "") : target;
}
