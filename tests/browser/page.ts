/**
 * A page in a browser, used as a person uses it: by mouse and keyboard.
 *
 * @module
 */
import type { DevTools, Fields } from "./devtools.ts";

/** The options of a page. */
export interface PageOptions {
  /** Its width in CSS pixels; 1400 by default. */
  readonly width?: number;
  /** Its height in CSS pixels; 1000 by default. */
  readonly height?: number;
  /** The colours that the person prefers; light by default. */
  readonly scheme?: "light" | "dark";
}

/** Milliseconds to wait for what a page is to come to. */
const LIMIT = 15_000;

/** Keys that have no character of their own. */
const KEY_CODES: Readonly<Record<string, number>> = {
  Enter: 13,
  Tab: 9,
  Escape: 27,
  ArrowUp: 38,
  ArrowDown: 40,
};

/** A page. */
export class Page implements AsyncDisposable {
  readonly #devTools: DevTools;
  readonly #targetId: string;
  readonly #sessionId: string;
  readonly #listening: Disposable;
  readonly #loads: (() => void)[] = [];
  /** The page's uncaught errors, console errors and violations of its policy. */
  readonly problems: string[] = [];

  private constructor(devTools: DevTools, targetId: string, sessionId: string) {
    this.#devTools = devTools;
    this.#targetId = targetId;
    this.#sessionId = sessionId;
    this.#listening = devTools.listen((method, params, from) => {
      if (from === sessionId) this.#note(method, params);
    });
  }

  /** Opens one; {@linkcode Chromium} does it for you. */
  static async open(devTools: DevTools, options: PageOptions): Promise<Page> {
    const { targetId } = await devTools.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await devTools.send("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page(devTools, String(targetId), String(sessionId));
    for (const domain of ["Page", "Runtime", "Log"]) await page.send(`${domain}.enable`);
    const { width = 1400, height = 1000, scheme = "light" } = options;
    await page.send("Emulation.setDeviceMetricsOverride", {
      ...{ width, height, deviceScaleFactor: 1, mobile: false },
    });
    await page.prefer(scheme);
    return page;
  }

  /** Sends any command of the DevTools protocol to the page. */
  send(method: string, params: Fields = {}): Promise<Fields> {
    return this.#devTools.send(method, params, this.#sessionId);
  }

  /** Goes to an address and waits until it is loaded. */
  async goto(url: string): Promise<void> {
    const loaded = new Promise<void>((resolve) => this.#loads.push(resolve));
    const { errorText } = await this.send("Page.navigate", { url });
    if (errorText !== undefined) throw new Error(`cannot go to ${url}: ${errorText}`);
    await loaded;
  }

  /** Makes the page believe that the person prefers light or dark colours. */
  async prefer(scheme: "light" | "dark"): Promise<void> {
    const features = [{ name: "prefers-color-scheme", value: scheme }];
    await this.send("Emulation.setEmulatedMedia", { features });
  }

  /** Evaluates an expression in the page and awaits it; the value must be serializable as JSON. */
  async evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
      ...{ expression, returnByValue: true, awaitPromise: true },
    });
    if (exceptionDetails !== undefined) {
      throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    }
    return Object(result)["value"];
  }

  /** Waits until an expression in the page is true. */
  async until(expression: string): Promise<void> {
    const met = await this.evaluate(`new Promise((resolve) => {
      const end = performance.now() + ${LIMIT};
      const poll = () => {
        if (${expression}) resolve(true);
        else if (performance.now() > end) resolve(false);
        else setTimeout(poll, 20);
      };
      poll();
    })`);
    if (met !== true) throw new Error(`the page did not reach ${expression} in time`);
  }

  /** The text that is shown in the first element of that selector. */
  async text(selector: string): Promise<string> {
    return String(await this.evaluate(`${element(selector)}.innerText`));
  }

  /** Counts the visible elements of a selector. */
  async visible(selector: string): Promise<number> {
    const all = `[...document.querySelectorAll(${JSON.stringify(selector)})]`;
    return Number(await this.evaluate(`${all}.filter((one) => one.checkVisibility()).length`));
  }

  /** Clicks with the mouse in the middle of the first element of that selector. */
  async click(selector: string): Promise<void> {
    await this.until(`${element(selector)}?.checkVisibility()`);
    const place = await this.evaluate(`(() => {
      const one = ${element(selector)};
      one.scrollIntoView({ block: "center", inline: "nearest" });
      const { left, top, width, height } = one.getBoundingClientRect();
      return [left + width / 2, top + height / 2];
    })()`);
    const [x, y] = Array.isArray(place) ? place : [];
    for (const type of ["mousePressed", "mouseReleased"]) {
      await this.send("Input.dispatchMouseEvent", { type, x, y, button: "left", clickCount: 1 });
    }
  }

  /** Types a text into the first element of that selector. */
  async type(selector: string, text: string): Promise<void> {
    await this.click(selector);
    await this.send("Input.insertText", { text });
  }

  /** Chooses an option of a select element, as its list would, which is not part of the page. */
  async choose(selector: string, value: string): Promise<void> {
    await this.evaluate(`(() => {
      const one = ${element(selector)};
      one.value = ${JSON.stringify(value)};
      one.dispatchEvent(new Event("input", { bubbles: true }));
      one.dispatchEvent(new Event("change", { bubbles: true }));
    })()`);
  }

  /** Presses a key, e.g. `Enter`, `Tab` or `ArrowDown`. */
  async press(key: string): Promise<void> {
    const code = { key, code: key, windowsVirtualKeyCode: KEY_CODES[key] };
    const text = key === "Enter" ? { text: "\r" } : {};
    await this.send("Input.dispatchKeyEvent", { type: "keyDown", ...code, ...text });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", ...code });
  }

  /** Writes a picture of the whole page, as PNG, to a file. */
  async screenshot(path: string): Promise<void> {
    const { data } = await this.send("Page.captureScreenshot", { captureBeyondViewport: true });
    await Deno.writeFile(path, Uint8Array.fromBase64(String(data)));
  }

  /** Closes the page. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#listening[Symbol.dispose]();
    await this.#devTools.send("Target.closeTarget", { targetId: this.#targetId }).catch(() => {});
  }

  #note(method: string, params: Fields): void {
    if (method === "Page.loadEventFired") this.#loads.shift()?.();
    if (method === "Runtime.exceptionThrown") {
      this.problems.push(JSON.stringify(params["exceptionDetails"]));
    }
    if (method === "Runtime.consoleAPICalled" && params["type"] === "error") {
      this.problems.push(JSON.stringify(params["args"]));
    }
    const entry = Object(params["entry"]);
    if (method === "Log.entryAdded" && entry["level"] === "error") {
      this.problems.push(String(entry["text"]));
    }
  }
}

function element(selector: string): string {
  return `document.querySelector(${JSON.stringify(selector)})`;
}
