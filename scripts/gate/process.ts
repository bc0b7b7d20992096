/**
 * Runs a command to its end, and keeps what it said.
 *
 * @module
 */

/** How a command ended. */
export interface Outcome {
  readonly success: boolean;
  /** What it wrote, both streams in the order of arrival. */
  readonly output: string;
}

/** Where and how a command runs. */
export interface RunOptions {
  readonly cwd: string;
  readonly env: Record<string, string>;
  /** Ends the command; the outcome is then a failure. */
  readonly signal: AbortSignal;
}

/** Runs the command; its output is complete when this resolves. */
export async function run(command: readonly string[], options: RunOptions): Promise<Outcome> {
  const [program = "", ...args] = command;
  const chunks: Uint8Array[] = [];
  const child = new Deno.Command(program, {
    args,
    ...options,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const keep = (): WritableStream<Uint8Array> =>
    new WritableStream({ write: (chunk) => void chunks.push(chunk) });
  const [status] = await Promise.all([
    child.status,
    child.stdout.pipeTo(keep()),
    child.stderr.pipeTo(keep()),
  ]);
  const bytes = new Uint8Array(await new Blob(chunks.map((chunk) => chunk.slice())).arrayBuffer());
  const late = options.signal.aborted ? "\nEnded, since its time was over.\n" : "";
  return {
    success: status.success && !options.signal.aborted,
    output: new TextDecoder().decode(bytes) + late,
  };
}
