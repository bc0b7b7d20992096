/**
 * WebAssembly modules as JavaScript.
 *
 * @module
 */

/** Writes a JavaScript module that instantiates a WebAssembly module, as an import of it does. */
export async function wasmModule(file: string): Promise<string> {
  const bytes = await Deno.readFile(file);
  const module = new WebAssembly.Module(bytes);
  const sources = [...new Set(WebAssembly.Module.imports(module).map((each) => each.module))];
  const exported = WebAssembly.Module.exports(module).map(({ name }) => name);
  return [
    ...sources.map((source, i) => `import * as from${i} from ${JSON.stringify(source)};`),
    `const module = new WebAssembly.Module(Uint8Array.fromBase64("${bytes.toBase64()}"));`,
    `const { exports } = new WebAssembly.Instance(module, {${
      sources.map((source, i) => `${JSON.stringify(source)}: from${i}`).join(", ")
    }});`,
    ...exported.map((name, i) =>
      `const export${i} = exports[${JSON.stringify(name)}]; export { export${i} as ${
        JSON.stringify(name)
      } };`
    ),
  ].join("\n");
}
