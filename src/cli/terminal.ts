/**
 * Output of the commands.
 *
 * @module
 */

const encoder = new TextEncoder();

/** Prints the result of a command on stdout. */
export function print(text: string): void {
  write(Deno.stdout, text);
}

/** Prints progress and errors on stderr. */
export function notify(text: string): void {
  write(Deno.stderr, text);
}

/** Returns true if stderr is a terminal and NO_COLOR is not set. */
export function hasColor(): boolean {
  return Deno.stderr.isTerminal() && !Deno.env.get("NO_COLOR");
}

/** Returns true if stdout is a terminal and NO_COLOR is not set. */
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
    // The reader may close the pipe early, as `head` does.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
