/**
 * Starts Chromium without a window, for tests that click through pages. `scripts/setup_chromium`
 * installs it if it is missing.
 *
 * @module
 */
import { DevTools } from "./devtools.ts";
import { Page, type PageOptions } from "./page.ts";

/** Turns off network, sandbox (which needs privileges) and dialogs. */
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
  "--remote-debugging-port=0",
];
/** The time limit of the start, in ms. */
const START_LIMIT = 30_000;
const PATH_FILE = new URL("../../.tools/chromium/path", import.meta.url);

/** Returns the path of Chromium: `$CHROMIUM`, or the one that setup_chromium has found. */
export function findChromium(): string | undefined {
  try {
    return Deno.env.get("CHROMIUM") || Deno.readTextFileSync(PATH_FILE).trim();
  } catch {
    return undefined;
  }
}

/**
 * A running browser with a fresh profile.
 *
 * ```ts ignore
 * await using browser = await Chromium.launch();
 * await using page = await browser.page();
 * await page.goto("http://127.0.0.1:8080/");
 * await page.click("button.login");
 * ```
 */
export class Chromium implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #profile: string;
  readonly #devTools: DevTools;
  readonly #stderr: Promise<void>;

  private constructor(
    child: Deno.ChildProcess,
    profile: string,
    devTools: DevTools,
    stderr: Promise<void>,
  ) {
    this.#child = child;
    this.#profile = profile;
    this.#devTools = devTools;
    this.#stderr = stderr;
  }

  /** Starts a browser. */
  static async launch(path: string | undefined = findChromium()): Promise<Chromium> {
    if (path === undefined) {
      throw new Error("Cannot start Chromium: it is not installed. Run scripts/setup_chromium");
    }
    const profile = await Deno.makeTempDir({ prefix: "chromium-" });
    const child = new Deno.Command(path, {
      args: [...FLAGS, `--user-data-dir=${profile}`, "about:blank"],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const address = Promise.withResolvers<string>();
    const limit = setTimeout(() => child.kill("SIGKILL"), START_LIMIT);
    const stderr = readAddress(child.stderr, address);
    try {
      const devTools = await DevTools.connect(await address.promise);
      return new Chromium(child, profile, devTools, stderr);
    } catch (error) {
      child.kill("SIGKILL");
      await Promise.all([child.status, stderr]);
      await Deno.remove(profile, { recursive: true });
      throw error;
    } finally {
      clearTimeout(limit);
    }
  }

  /** Opens a page. */
  page(options: PageOptions = {}): Promise<Page> {
    return Page.open(this.#devTools, options);
  }

  /** Closes the browser and removes its profile. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#devTools.send("Browser.close").catch(() => {});
    await this.#devTools[Symbol.asyncDispose]();
    const limit = setTimeout(() => this.#child.kill("SIGKILL"), 5000);
    await Promise.all([this.#child.status, this.#stderr]);
    clearTimeout(limit);
    await Deno.remove(this.#profile, { recursive: true });
  }
}

/** Reads stderr until it closes; resolves the address when it is printed. */
async function readAddress(
  stream: ReadableStream<Uint8Array>,
  address: PromiseWithResolvers<string>,
): Promise<void> {
  let printed = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    printed = (printed + text).slice(-10_000);
    const found = /DevTools listening on (ws:\S+)\s/.exec(printed)?.[1];
    if (found !== undefined) address.resolve(found);
  }
  address.reject(new Error(`Chromium exited: ${printed}`));
}
