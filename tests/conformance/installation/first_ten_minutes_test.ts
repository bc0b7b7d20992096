// The steps of docs/getting-started.md, block by block, to a Dag run that succeeds under a real Airflow.

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { delay } from "../harness/delay.ts";
import { FreshCheckout, shellBlocks } from "./first_ten_minutes.ts";

const PAGE = new URL("../../../docs/getting-started.md", import.meta.url);
const MINUTES = 10;
/** Time for the system to reap the processes that the last block killed. */
const END_SECONDS = 10;

Deno.test("getting-started.md: leads to a Dag run that succeeds under Airflow 3.3.2", async () => {
  const blocks = shellBlocks(await Deno.readTextFile(PAGE), "First ten minutes");
  assert(blocks.length > 5, "the page has no blocks to copy");
  await using checkout = await FreshCheckout.make();
  const signal = AbortSignal.timeout(MINUTES * 60_000);
  const { success, output, seconds } = await checkout.follow(blocks, signal);
  const log = await Deno.readTextFile(`${checkout.project}/dist/airflow/log`).catch(() => "");
  assert(success, `${output}\n${log.slice(-10_000)}`);
  assertEquals(seconds.length, blocks.length);
  assertStringIncludes(output, "ok | 3 passed | 0 failed");
  assertStringIncludes(output, "No differences\n");
  assertStringIncludes(output, "\nNo problem found.\n");
  for (const task of ["extract", "load"]) {
    assertMatch(output, new RegExp(`^hello +\\|[^|]*\\| ${task} +\\| success +\\|`, "m"));
  }
  assertMatch(output, /"event":"loading"/);
  const page = await Deno.readTextFile(`${checkout.project}/dist/run.html`);
  assertStringIncludes(page, "<!DOCTYPE html>");

  // The last block has stopped it, and nothing was written to the home folder.
  const deadline = performance.now() + END_SECONDS * 1000;
  while ((await checkout.airflow()).length > 0 && performance.now() < deadline) await delay(0.2);
  assertEquals(await checkout.airflow(), []);
  assertEquals(await Array.fromAsync(Deno.readDir(checkout.home), ({ name }) => name), []);
  const total = seconds.reduce((sum, each) => sum + each, 0);
  console.log(`${total} s in all; by block: ${seconds.join(", ")}`);
});
