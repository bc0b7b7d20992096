import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { SourceWatch } from "../../src/cli/dev/source_watch.ts";
import { MODULE_OPTIONS, moduleText } from "./author_module.ts";
import { cliCommand } from "./cli_command.ts";
import { isQuick } from "../thoroughness.ts";

/** A process of `dev --watch`. */
class Watched implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #limit: ReturnType<typeof setTimeout>;
  readonly stdout: Promise<string>;
  /** Its stderr so far. */
  output = "";
  #seen = 0;

  constructor(...args: string[]) {
    const [program = "", ...rest] = cliCommand("dev", "--watch", ...MODULE_OPTIONS, ...args);
    this.#child = new Deno.Command(program, {
      args: rest,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#lines = this.#child.stderr.pipeThrough(new TextDecoderStream()).getReader();
    this.stdout = new Response(this.#child.stdout).text();
    // Turns a hang into a failure.
    this.#limit = setTimeout(() => this.#child.kill("SIGKILL"), 40_000);
  }

  /** Waits for a text after the previous one. */
  async waitFor(text: string): Promise<void> {
    while (!this.output.includes(text, this.#seen)) {
      const { value, done } = await this.#lines.read();
      if (done) throw new Error(`it exited without "${text}": ${this.output}`);
      this.output += value;
    }
    this.#seen = this.output.indexOf(text, this.#seen) + text.length;
  }

  /** Stops it with Ctrl-C; returns its exit code. */
  async interrupt(): Promise<number> {
    this.#child.kill("SIGINT");
    while (true) {
      const { value, done } = await this.#lines.read();
      if (done) break;
      this.output += value;
    }
    return (await this.#child.status).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#limit);
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has already exited.
    }
    await Promise.all([this.#child.status, this.stdout]);
    await this.#lines.cancel();
  }
}

Deno.test({
  name: "dev --watch: runs again when the module, an import or the fixtures change",
  ignore: isQuick,
  async fn() {
    await using folder = await TemporaryFolder.create();
    const at = (name: string): string => `${folder.path}/${name}`;
    const fixtures = (since: string): Promise<void> =>
      Deno.writeTextFile(at("dev.yaml"), `variables: {since: ${since}}`);
    await fixtures("a");
    await Deno.writeTextFile(at("part.ts"), 'export const part = "one";');
    await Deno.writeTextFile(
      at("main.ts"),
      moduleText(
        'ctx.log.info(`it says ${part} since ${await ctx.variables.get("since")}`);',
        'import { part } from "./part.ts";',
      ),
    );
    await using dev = new Watched("--fixtures", at("dev.yaml"), at("main.ts"));
    await dev.waitFor("it says one since a");
    await dev.waitFor("Waiting for a change");
    // Some editors write a temporary file and rename it.
    await Deno.writeTextFile(at("part.ts.new"), 'export const part = "two";');
    await Deno.rename(at("part.ts.new"), at("part.ts"));
    await dev.waitFor("part.ts\n");
    await dev.waitFor("it says two since a");
    await dev.waitFor("Waiting for a change");
    await fixtures("b");
    await dev.waitFor("it says two since b");
    await dev.waitFor("Waiting for a change");
    await Deno.writeTextFile(at("main.ts"), "this is not TypeScript");
    await dev.waitFor("error: Cannot");
    await dev.waitFor("Waiting for a change");
    await Deno.writeTextFile(at("main.ts"), moduleText('ctx.log.info("mended");'));
    await dev.waitFor("mended");
    await dev.waitFor("Waiting for a change");
    await Deno.writeTextFile(at(".env"), "AIRFLOW_VAR_SINCE=c");
    await dev.waitFor("Changed: ");
    await dev.waitFor("mended");
    await dev.waitFor("Waiting for a change");
    assertEquals(await dev.interrupt(), 0, dev.output);
    assert(!dev.output.includes("\x1b["), "the screen is cleared on a terminal only");
    // A busy machine may report one change as two.
    const runs = (await dev.stdout).match(/every task ended as expected/g)?.length ?? 0;
    assert(runs >= 5, `${runs} runs`);
  },
});

Deno.test("dev --watch: stops a running task as Airflow does when its module changes", async () => {
  await using folder = await TemporaryFolder.create();
  const path = `${folder.path}/main.ts`;
  await Deno.writeTextFile(
    path,
    moduleText(`ctx.log.info("begun");
  await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve));
  ctx.log.info("tidied up");`),
  );
  await using dev = new Watched(path);
  await dev.waitFor("begun");
  await Deno.writeTextFile(path, moduleText('ctx.log.info("the second");'));
  await dev.waitFor("tidied up");
  await dev.waitFor("the second");
  await dev.waitFor("Waiting for a change");
  assertEquals(await dev.interrupt(), 0, dev.output);
  assertStringIncludes(await dev.stdout, "failed (expected success)");
});

Deno.test("SourceWatch: reports only changes of its files, and rejects when aborted", async () => {
  await using folder = await TemporaryFolder.create();
  const [ours, other] = [`${folder.path}/a.ts`, `${folder.path}/b.ts`];
  await Deno.writeTextFile(ours, "1");
  using watch = new SourceWatch([ours, `${folder.path}/not/there.ts`]);
  await Deno.writeTextFile(other, "1");
  await Deno.readTextFile(ours);
  await Deno.writeTextFile(ours, "2");
  await Deno.remove(ours);
  assertEquals(await watch.changed(), [ours]);
  using idle = new SourceWatch([other]);
  assertEquals(await idle.changed(AbortSignal.abort()), []);
});
