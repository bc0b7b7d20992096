/** The page of `dev --report`, clicked through in a real browser. */
import { assert, assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { dagRunPage } from "../../src/local/report/page.ts";
import { MODULE_OPTIONS } from "../cli/author_module.ts";
import { runCli } from "../cli/cli_command.ts";
import { Chromium } from "./chromium.ts";
import type { Page } from "./page.ts";

const MODULE = new URL("testdata/hostile.ts", import.meta.url).pathname;
const FIXTURES = new URL("testdata/hostile.json", import.meta.url).pathname;
/** The folder of the screenshots, for readers. */
const PICTURES = new URL("../../.tools/tmp/browser/", import.meta.url).pathname;

/** Runs the Dag of testdata/hostile.ts and opens its page. */
async function openReport(browser: Chromium, folder: string): Promise<Page> {
  const path = `${folder}/report.html`;
  const { code, stderr } = await runCli(
    ...["dev", "--json", `--fixtures=${FIXTURES}`, `--report=${path}`, ...MODULE_OPTIONS, MODULE],
  );
  assertEquals(code, 1, stderr);
  const page = await browser.page();
  await page.goto(`file://${path}`);
  return page;
}

async function picture(page: Page, name: string): Promise<void> {
  await Deno.mkdir(PICTURES, { recursive: true });
  await page.screenshot(`${PICTURES}${name}.png`);
  console.log(`a picture of it: ${PICTURES}${name}.png`);
}

const LINES = "#log > .line";

Deno.test("report page: selects tasks, filters logs and unfolds XComs", async (t) => {
  await using folder = await TemporaryFolder.create();
  await using browser = await Chromium.launch();
  await using page = await openReport(browser, folder.path);

  await t.step("opens with the failures", async () => {
    assertStringIncludes(await page.text("h1"), "not every task ended as expected");
    assertStringIncludes(
      await page.text(".task:not([hidden]) h2"),
      "hostile failed expected success",
    );
    assertStringIncludes(
      await page.text(".task:not([hidden]) .error"),
      "TypeError: the cause </script>",
    );
    assertEquals(await page.visible(".task"), 1);
    for (const scheme of ["dark", "light"] as const) {
      await page.prefer(scheme);
      await picture(page, `report-${scheme}`);
    }
  });

  await t.step(
    "draws a timeline with a scale, a bar for each process and a mark for each request",
    async () => {
      assertGreater(await page.visible(".tick"), 3);
      assertEquals(await page.visible(".tracks rect"), 2);
      assertGreater(await page.visible(".tracks .mark"), 6);
      const step = `document.querySelectorAll(".tick")[1].textContent`;
      const [ticks, before] = [await page.visible(".tick"), await page.evaluate(step)];
      await page.evaluate(`document.getElementById("zoom").focus()`);
      for (let i = 0; i < 6; i++) await page.press("ArrowUp");
      assertEquals(await page.text("#zoom-text"), "8×");
      assertGreater(await page.visible(".tick"), ticks * 3);
      assert(await page.evaluate(step) !== before, "the zoomed scale is finer");
      for (let i = 0; i < 6; i++) await page.press("ArrowDown");
      assertEquals(await page.visible(".tick"), ticks);
    },
  );

  await t.step("selects a task and its log by mouse and by keyboard", async () => {
    const all = await page.visible(LINES);
    await page.click('[data-select="0"]');
    assertStringIncludes(await page.text(".task:not([hidden]) h2"), "load success");
    assertEquals(await page.visible(LINES), await page.visible(`${LINES}[data-task="0"]`));
    await page.press("ArrowDown");
    await page.press("Enter");
    assertStringIncludes(await page.text(".task:not([hidden]) h2"), "hostile failed");
    assertEquals(await page.visible(`${LINES}[data-task="0"]`), 0);
    await page.press("Enter");
    assertEquals(await page.visible(LINES), all);
  });

  await t.step("filters the log by level and text", async () => {
    await page.choose("#level", "2");
    assertEquals(await page.visible(`${LINES}.info`), 0);
    assertGreater(await page.visible(`${LINES}.error`), 0);
    await page.choose("#level", "0");
    await page.type("#text", "SIGNED IN");
    await page.until(`document.getElementById("shown").textContent.startsWith("1 of ")`);
    const line = await page.evaluate(`document.querySelector("#log > :not([hidden])").textContent`);
    assertStringIncludes(String(line), "signed in with ***");
    await page.evaluate(`document.getElementById("text").value = ""`);
    await page.type("#text", "no such line");
    assertEquals([await page.visible(LINES), await page.visible("#no-lines")], [0, 1]);
    await page.evaluate(`document.getElementById("text").value = ""`);
    await page.choose("#log-task", "0");
    assertStringIncludes(await page.text(".task:not([hidden]) h2"), "load");
    await page.choose("#log-task", "");
  });

  await t.step("unfolds an XCom level by level and cuts large values", async () => {
    await page.click('[data-select="0"]');
    const panel = ".task:not([hidden])";
    const rows = `${panel} .xcom:first-of-type`;
    assertStringIncludes(await page.text(rows), "rows: 500 items");
    assertEquals(await page.visible(`${rows} .children > *`), 0);
    await page.click(`${rows} > details > summary`);
    assertEquals(await page.visible(`${rows} .children > *`), 201);
    assertStringIncludes(await page.text(rows), "300 more, not shown");
    await page.click(`${rows} .children > details > summary`);
    assertStringIncludes(await page.text(`${rows} .children > details`), "sum: 0");
    await page.click(`${panel} .xcom:nth-of-type(2) > details > summary`);
    assertStringIncludes(await page.text(panel), "30000 more characters, not shown");
    assertStringIncludes(await page.text(panel), "return_value: 2 fields");
    assertStringIncludes(await page.text(`${panel} .outlet`), "sales");
  });

  await t.step("lists requests in order and unfolds them", async () => {
    const second = ".task:not([hidden]) .requests > li:nth-of-type(2)";
    assertStringIncludes(await page.text(second), "GetConnection");
    await page.click(`${second} summary`);
    assertStringIncludes(await page.text(second), 'conn_id: "shop"');
  });

  await t.step(
    "escapes authors' text, contains no secret and loads nothing",
    async () => {
      assertEquals(await page.evaluate(`globalThis.broken === undefined`), true);
      assertEquals(await page.evaluate(`document.querySelectorAll("img, [onerror]").length`), 0);
      assertEquals(await page.evaluate(`performance.getEntriesByType("resource").length`), 0);
      assertEquals(page.problems, []);
      const text = await Deno.readTextFile(`${folder.path}/report.html`);
      for (const secret of ["correct-horse", "hunter2"]) assert(!text.includes(secret), secret);
      assert(!/(?:src|href)=["']/.test(text), "a reference to another file");
    },
  );

  await t.step("labels every control and has enough contrast", async () => {
    const controls = await page.evaluate(`[...document.querySelectorAll("button, input, select")]
      .filter((one) => !one.labels?.length && one.textContent.trim() === "").length`);
    assertEquals(controls, 0);
    for (const scheme of ["light", "dark"] as const) {
      await page.prefer(scheme);
      assertEquals(await page.evaluate(LOW_CONTRAST), [], scheme);
    }
  });
});

/** The texts whose contrast with what is behind them is below 4.5 to 1, the least of WCAG's AA. */
const LOW_CONTRAST = `(() => {
  const channel = (value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const ground = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const color = rgb(getComputedStyle(at).backgroundColor);
      if (color.length < 4 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const low = new Set();
  for (const one of document.querySelectorAll("body *")) {
    const says = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "");
    if (!says || !one.checkVisibility()) continue;
    const [a, b] = [light(rgb(getComputedStyle(one).color)), light(ground(one))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) low.add(one.tagName + "." + one.className + " " + ratio.toFixed(2));
  }
  return [...low];
})()`;

Deno.test("report page: escapes ids", async () => {
  await using folder = await TemporaryFolder.create();
  const hostile = `x</script><img src=x onerror="globalThis.broken=1">'"`;
  const now = Date.now();
  const path = `${folder.path}/report.html`;
  await Deno.writeTextFile(
    path,
    await dagRunPage({
      ...{ dagId: hostile, runId: hostile, asExpected: true, started: now, ended: now + 10 },
      tasks: [{
        result: {
          ...{ taskId: hostile, state: "success", expected: "success", reason: hostile },
          ...{ tries: 1, durationSeconds: 1, returnValue: hostile },
        },
        processes: [{
          ...{ tryNumber: 1, started: now, ended: now + 10, state: "success", reason: hostile },
          requests: [{
            ...{ type: hostile, fields: { [hostile]: hostile }, answered: "result" },
            ...{ time: now + 1, durationSeconds: 0.001 },
          }],
        }],
        xcoms: [{ key: hostile, mapIndex: -1, value: hostile }],
        outlets: [{ asset: hostile, aliases: [hostile], extra: { [hostile]: hostile } }],
      }],
      log: [{
        taskId: hostile,
        tryNumber: 1,
        record: {
          ...{ time: hostile, level: "info", logger: hostile, event: hostile, source: "task" },
          fields: { [hostile]: [hostile] },
          exception: [{ exc_type: hostile, exc_value: hostile, frames: [{ filename: hostile }] }],
        },
      }],
    }),
  );
  await using browser = await Chromium.launch();
  await using page = await browser.page({ scheme: "dark" });
  await page.goto(`file://${path}`);
  assertEquals(await page.text(".name .id"), hostile);
  await page.click('[data-select="0"]');
  assertEquals(await page.evaluate(`globalThis.broken === undefined`), true);
  assertEquals(await page.evaluate(`document.querySelectorAll("img").length`), 0);
  assertEquals(page.problems, []);
});
