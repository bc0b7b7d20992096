/**
 * A real Chromium without a window, for tests that click through pages. `scripts/setup_chromium`
 * provides one if none is installed.
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
/** Milliseconds for it to start. */
const START_LIMIT = 30_000;
const PATH_FILE = new URL("../../.tools/chromium/path", import.meta.url);

/** The Chromium to use: `$CHROMIUM`, or what setup_chromium has found; undefined without one. */
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
    if (path === undefined) throw new Error("there is no Chromium: run scripts/setup_chromium");
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

  /** Ends the browser, and removes its profile. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#devTools.send("Browser.close").catch(() => {});
    await this.#devTools[Symbol.asyncDispose]();
    const limit = setTimeout(() => this.#child.kill("SIGKILL"), 5000);
    await Promise.all([this.#child.status, this.#stderr]);
    clearTimeout(limit);
    await Deno.remove(this.#profile, { recursive: true });
  }
}

/** Reads what the browser says to its end, and the address that is among it. */
async function readAddress(
  stream: ReadableStream<Uint8Array>,
  address: PromiseWithResolvers<string>,
): Promise<void> {
  let said = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    said = (said + text).slice(-10_000);
    const found = /DevTools listening on (ws:\S+)\s/.exec(said)?.[1];
    if (found !== undefined) address.resolve(found);
  }
  address.reject(new Error(`Chromium has ended: ${said}`));
}
