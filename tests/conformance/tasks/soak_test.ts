// A short soak of the packed runtime; scripts/bench --soak is the long one.

import { assert, assertEquals } from "@std/assert";
import { binary } from "../../bench/peers/peer.ts";
import { level, soakLaunches, soakRequests } from "../../bench/parts/soak.ts";

/** The allowed difference of the medians, in MiB: more than noise, far less than a leak. */
const SLACK_MIB = 8;

Deno.test("soak: 100 launches lose no line and leak no memory, file or process", async () => {
  const soak = await soakLaunches(await binary(), 100);
  const [early, late] = level(soak);
  assert(late - early < SLACK_MIB, `${early} MiB became ${late} MiB`);
  assertEquals(soak.descriptors[1], soak.descriptors[0]);
});

Deno.test("soak: 50,000 requests of a task leak no memory and no file", async () => {
  const soak = await soakRequests(await binary(), 50_000);
  const [early, late] = level(soak);
  assert(late - early < SLACK_MIB, `${early} MiB became ${late} MiB`);
  assertEquals(soak.descriptors[1], soak.descriptors[0]);
});
