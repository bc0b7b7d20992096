/**
 * Keeps the cores from sleeping while something is measured; see README.md, "Sleeping cores".
 *
 * @module
 */

/** Spinning processes, one a core, which run only where nothing else wants to. */
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

  /** Ends them. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const spinner of this.#spinners) spinner.kill("SIGKILL");
    await Promise.all(this.#spinners.map(({ status }) => status));
  }
}
