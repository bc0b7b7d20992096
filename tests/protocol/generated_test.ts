import { assertEquals } from "@std/assert";
import { generate } from "../../scripts/generate_protocol.ts";
import {
  DISTRIBUTIONS,
  readSources,
  type Sources,
} from "../../scripts/generate_protocol/distribution.ts";

/** The schemas, from the cache or from PyPI; the reason when neither can give them. */
async function findSources(): Promise<[Sources, Sources] | string> {
  try {
    return [await readSources(DISTRIBUTIONS[0]), await readSources(DISTRIBUTIONS[1])];
  } catch (error) {
    return String(error).split("\n")[0] ?? "";
  }
}

const sources = await findSources();
const reason = typeof sources === "string" ? ` (ignored: ${sources})` : "";

Deno.test({
  name: `generate() writes what is committed in src/protocol${reason}`,
  ignore: typeof sources === "string",
  fn: async () => {
    if (typeof sources === "string") return;
    for (const [name, text] of await generate(sources)) {
      const committed = new URL(`../../src/protocol/${name}`, import.meta.url);
      assertEquals(await Deno.readTextFile(committed), text, `${name} differs`);
    }
  },
});
