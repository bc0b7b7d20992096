import { assertEquals } from "@std/assert";
import { generate } from "../../scripts/generate_protocol.ts";
import {
  type Distribution,
  DISTRIBUTIONS,
  readInstalled,
  readSources,
  type Sources,
} from "../../scripts/generate_protocol/distribution.ts";

/** Reads the schema of an installed Airflow, which needs no pip, or else fetches it by pip. */
async function find(distribution: Distribution): Promise<Sources> {
  return await readInstalled(distribution) ?? await readSources(distribution);
}

/** The schemas of both dates; the reason when they cannot be had. */
async function findSources(): Promise<[Sources, Sources] | string> {
  try {
    return [await find(DISTRIBUTIONS[0]), await find(DISTRIBUTIONS[1])];
  } catch (error) {
    return String(error).split("\n")[0] ?? "";
  }
}

const sources = await findSources();
const reason = typeof sources === "string" ? ` (ignored: ${sources})` : "";

Deno.test({
  name: `generate(): writes what is committed in src/protocol${reason}`,
  ignore: typeof sources === "string",
  fn: async () => {
    if (typeof sources === "string") return;
    for (const [name, text] of await generate(sources)) {
      const committed = new URL(`../../src/protocol/${name}`, import.meta.url);
      assertEquals(await Deno.readTextFile(committed), text, `${name} differs`);
    }
  },
});
