/**
 * What the commands print, and whether in colour.
 *
 * @module
 */

const encoder = new TextEncoder();

/** Prints text on stdout: what a command was asked for. */
export function print(text: string): void {
  write(Deno.stdout, text);
}

/** Prints text on stderr: progress and troubles, which a pipe must not see. */
export function notify(text: string): void {
  write(Deno.stderr, text);
}

/** Whether stderr, where the log goes, shows colours: a terminal, and NO_COLOR is not set. */
export function hasColor(): boolean {
  return Deno.stderr.isTerminal() && !Deno.env.get("NO_COLOR");
}

/** The same of stdout. */
export function hasColorOnStdout(): boolean {
  return Deno.stdout.isTerminal() && !Deno.env.get("NO_COLOR");
}

function write(out: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = encoder.encode(text);
  try {
    for (let written = 0; written < bytes.length;) {
      written += out.writeSync(bytes.subarray(written));
    }
  } catch (error) {
    // The reader has seen enough, as `head` does.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
