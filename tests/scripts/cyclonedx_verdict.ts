/**
 * Says whether a file is valid CycloneDX 1.6, by the schema that CycloneDX publishes.
 *
 * Run on its own, without a configuration: its packages are not among the project's. Without a
 * path it only fetches them.
 */
const LIBRARY = "@cyclonedx/cyclonedx-library";
const LIBRARY_VERSION = "10.3.0";
// The names are not literals, so that no one looks for these packages but this run.
const [ajv, formats] = await Promise.all(
  ["npm:ajv@8.20.0", "npm:ajv-formats@3.0.1"].map((name) => import(name)),
);
// The package does not export its schemas: it is imported to have it, and they are read.
await import(`npm:${LIBRARY}@${LIBRARY_VERSION}`).catch(() => undefined);

async function schema(name: string): Promise<unknown> {
  const registries = `${Deno.env.get("DENO_DIR")}/npm`;
  for await (const { name: registry } of Deno.readDir(registries)) {
    const folder = `${registries}/${registry}/${LIBRARY}/${LIBRARY_VERSION}/res/schema`;
    const text = await Deno.readTextFile(`${folder}/${name}.SNAPSHOT.schema.json`).catch(() => "");
    if (text !== "") return JSON.parse(text);
  }
  throw new Error(`Cannot validate: the schema ${name} is not in ${registries}`);
}

const validator = new ajv.default({ strict: false, logger: false });
formats.default(validator);
for (const name of ["spdx", "jsf-0.82"]) {
  const base = "http://cyclonedx.org/schema";
  validator.addSchema(await schema(name), `${base}/${name}.SNAPSHOT.schema.json`);
}
const validate = validator.compile(await schema("bom-1.6"));
const [path] = Deno.args;
if (path !== undefined) {
  const valid = validate(JSON.parse(await Deno.readTextFile(path)));
  console.log(valid ? "valid" : JSON.stringify(validate.errors));
}
