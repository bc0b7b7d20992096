// Checks that all exports have documentation: each symbol, each member, and examples.

import { assert, assertEquals } from "@std/assert";
import { fields } from "../scripts/shipping/libraries.ts";
import { documentation, entryPoints, SIGNATURES, signatures } from "./public_api.ts";

/** Members of classes and interfaces, as `deno doc --json` has them. */
const MEMBERS = ["constructors", "properties", "methods", "callSignatures", "indexSignatures"];

/** The entries of a JSON array; none of anything else. */
function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Returns the modules that `deno doc` describes, each with its name in deno.json. */
async function documented(): Promise<{ entryPoint: string; module: unknown }[]> {
  const found = [];
  for (const [entryPoint, path] of await entryPoints()) {
    const { nodes } = fields(JSON.parse(await documentation(["--json", path])));
    for (const module of Object.values(fields(nodes))) found.push({ entryPoint, module });
  }
  return found;
}

function hasText(node: unknown): boolean {
  return typeof fields(fields(node)["jsDoc"])["doc"] === "string";
}

function hasTag(doc: unknown, kind: string): boolean {
  return list(fields(doc)["tags"]).some((tag) => fields(tag)["kind"] === kind);
}

/** Lists the missing documentation of a declaration: its own, its members', its example. */
function* lacks(name: string, declaration: unknown): Iterable<string> {
  const { kind, jsDoc, def } = fields(declaration);
  if (!hasText(declaration)) yield `${name}: says nothing`;
  if ((kind === "class" || kind === "function") && !hasTag(jsDoc, "example")) {
    yield `${name}: has no @example`;
  }
  for (const sort of MEMBERS) {
    for (const member of list(fields(def)[sort])) {
      const { name: memberName, accessibility } = fields(member);
      if (accessibility === "private" || hasText(member)) continue;
      yield `${name}.${String(memberName ?? sort)}: says nothing`;
    }
  }
}

Deno.test("public API: documents every export and member, with examples of classes and functions", async () => {
  const missing = [];
  let symbols = 0;
  for (const { entryPoint, module } of await documented()) {
    const { module_doc: moduleDoc, symbols: found } = fields(module);
    for (const kind of ["module", "example"]) {
      if (!hasTag(moduleDoc, kind)) missing.push(`${entryPoint}: its module has no @${kind}`);
    }
    for (const symbol of list(found)) {
      symbols++;
      const { name, declarations } = fields(symbol);
      for (const declaration of list(declarations)) {
        missing.push(...lacks(`${entryPoint} ${String(name)}`, declaration));
      }
    }
  }
  assertEquals(missing, []);
  assert(symbols > 50, "the documentation is read whole");
});

const kept = await Deno.readTextFile(SIGNATURES);

Deno.test({
  name: "public API: has the signatures in testdata/public_api.txt",
  // Another Deno may write the same in another way.
  ignore: !kept.startsWith(`# By deno doc ${Deno.version.deno};`),
  async fn() {
    assertEquals(
      (await signatures()).split("\n"),
      kept.split("\n"),
      "To change the public API is a decision, and belongs in CHANGELOG.md. If it is meant: " +
        ".tools/bin/deno run -A tests/public_api.ts",
    );
  },
});
