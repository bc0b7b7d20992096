/**
 * What Deno's sandbox refused, told with the line that would allow it.
 *
 * @module
 */
import { withCauses } from "./causes.ts";
import { FinalError } from "./failure.ts";

const WHY = "it lacks a permission";
const REQUIRES = /^Requires (\w+) access(?: to (?:"([^"]*)"|(<\w+>|\S+?))(?=[,;]|$))?/;

/**
 * The failure of a task that was denied an access, or undefined when `error` is none such.
 *
 * It is final: the next try would be denied as well. `task` is the task's name in the message.
 */
export function denialOf(error: unknown, task: string): FinalError | undefined {
  const refused = refusalIn(error);
  if (refused === undefined) return undefined;
  const reason = reasonOf(refused.message);
  return new FinalError("PERMISSION_DENIED", `Cannot run ${task}: ${reason}`, {
    why: WHY,
    cause: error,
  });
}

/** What the sandbox said, among an error and its causes; a getter of theirs may throw. */
function refusalIn(error: unknown): Error | undefined {
  try {
    for (const at of withCauses(error)) if (at instanceof Deno.errors.NotCapable) return at;
  } catch {
    // Then it is none of these, as far as anyone can tell.
  }
  return undefined;
}

function reasonOf(message: string): string {
  const [, kind, quoted, other] = REQUIRES.exec(message) ?? [];
  if (kind === undefined) return `it has no permission: ${message}`;
  const what = quoted ?? other;
  const line = `add ${kind}: ${
    what === undefined ? "true" : `[${JSON.stringify(entryFor(kind, what))}]`
  } to the bundle's permissions and pack it again`;
  const to = what === undefined ? "" : ` to "${what}"`;
  // These two cannot be named by a bundle.
  if (kind === "import" || kind === "all") return `it has no permission for ${kind} access${to}`;
  return `it has no permission for ${kind} access${to}; ${line}`;
}

/** The host of an address: its port is seldom meant. */
function entryFor(kind: string, what: string): string {
  if (what === "<TMP>") return "/tmp";
  return kind === "net" ? what.replace(/(?<=.):(?:443|80)$/, "") : what;
}
