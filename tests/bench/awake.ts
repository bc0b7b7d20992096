/**
 * Keeps the cores from sleeping during a measurement; see README.md, "Idle cores".
 *
 * @module
 */

/** A busy process for each core, which runs only while the core is idle otherwise. */
export class AwakeCores implements AsyncDisposable {
  readonly #spinners: readonly Deno.ChildProcess[];

  /** Starts the processes in the scheduling class for idle times (Linux). */
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

  /** Kills the processes. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const spinner of this.#spinners) spinner.kill("SIGKILL");
    await Promise.all(this.#spinners.map(({ status }) => status));
  }
}
