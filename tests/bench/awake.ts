/**
 * Keeps the cores awake during a measurement; see README.md, "Idle cores".
 *
 * @module
 */

/** One spinning process for each core, which runs only if no other process wants to. */
export class AwakeCores implements AsyncDisposable {
  readonly #spinners: readonly Deno.ChildProcess[];

  /** Starts them, with the scheduling class for idle times (Linux). */
  constructor() {
    this.#spinners = Array.from(
      { length: navigator.hardwareConcurrency },
      () =>
        new Deno.Command("chrt", {
          args: ["--idle", "0", "sh", "-c", "while :; do :; done"],
          stdin: "null",
          stdout: "null",
        }).spawn(),
    );
  }

  /** Kills them. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const spinner of this.#spinners) spinner.kill("SIGKILL");
    await Promise.all(this.#spinners.map(({ status }) => status));
  }
}
