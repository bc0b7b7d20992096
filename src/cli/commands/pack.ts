/**
 * `pack`: makes a bundle of an author's module.
 *
 * @module
 */
import { basename, join } from "node:path";
import type { BundlerResult } from "../../bundle/bundler/bundler.ts";
import type { BundleForm } from "../../bundle/inspect.ts";
import { outputPath, pack } from "../../bundle/pack.ts";
import { SCHEMA_VERSIONS } from "../../protocol/generated_table.ts";
import { ALLOW_OPTION } from "./bundle_metadata.ts";
import {
  type Command,
  type CommandLine,
  parseOptions,
  schemaVersion,
  UsageError,
  writeHelp,
} from "../command_line.ts";
import { describeBundle } from "./inspect.ts";
import { notify, print } from "../terminal.ts";

const NAME = "airflow-task-runtime pack";

const FORMS: readonly BundleForm[] = ["thin", "node", "self-contained"];

const LINE: CommandLine = {
  options: [
    {
      name: "form",
      value: "FORM",
      about: "form of the bundle\n" +
        "thin (default): a small executable file, which starts airflow-task-runtime or deno. It " +
        "looks for them in $AIRFLOW_TASK_RUNTIME, next to the bundle, at --runtime, and on PATH\n" +
        "node: a .min.mjs file for the NodeCoordinator of Airflow 3.4\n" +
        "self-contained: see --self-contained",
      complete: FORMS,
    },
    {
      name: "self-contained",
      about: "make a binary of about 100 MB that needs no other program on the worker; packing " +
        "needs Deno 2.9.2 or newer",
    },
    {
      name: "schema",
      value: "DATE",
      about: "supervisor schema version; 2026-06-16 (default) for Airflow 3.3 and 3.4, " +
        "2026-10-30 for Airflow 3.4 with TaskFlow arguments",
      complete: SCHEMA_VERSIONS,
    },
    {
      name: "out",
      value: "PATH",
      about: "file to write, or the folder for several modules; dist/ and the name of MODULE by " +
        "default",
    },
    {
      name: "runtime",
      value: "PATH",
      about: "path of the runtime binary on the workers, for a thin bundle",
    },
    {
      name: "embed-source",
      about: "include the source of MODULE; always done for Dags in TypeScript",
    },
    { name: "deno", value: "PATH", about: "deno that packs; $DENO or deno on PATH by default" },
    { name: "config", value: "PATH", about: "configuration file of deno" },
    ALLOW_OPTION,
    {
      name: "source-map",
      about: "map stack traces to the source of all modules, not only of those in the folder of " +
        "MODULE; the bundle becomes several times larger",
    },
    { name: "minify", about: "make the code small; stack traces of packages lose their names" },
    {
      name: "external",
      value: "SPECIFIER",
      about: "leave the import of SPECIFIER in the bundle; repeatable",
      repeatable: true,
    },
    { name: "analyze", about: "print the bytes that each package and module adds to the bundle" },
    { name: "json", about: "print the description of the bundle as one line of JSON" },
  ],
  positionals: [1, Infinity],
};

const HELP = writeHelp({
  name: NAME,
  does: "make a bundle that Airflow's coordinator starts",
  usage: ["[options] MODULE..."],
  about: [
    'MODULE is a TypeScript or JavaScript file that ends with "await bundle.serve()".',
  ],
  line: LINE,
  exitCodes: "0 success, 1 failure",
});

/** The command `pack`. */
export const packCommand: Command = {
  summary: "make a bundle of a module",
  help: HELP,
  line: LINE,
  async run(args) {
    const options = parseOptions(NAME, args, LINE);
    const form = options.flag("self-contained") ? "self-contained" : formOf(options.value("form"));
    const several = options.positionals.length > 1;
    for (const entry of options.positionals) {
      const out = options.value("out");
      notify(`packing ${entry}\n`);
      const bundle = await pack({
        entry,
        form,
        out: several && out !== undefined ? inFolder(out, entry, form) : out,
        schema: schemaVersion(NAME, options.value("schema")),
        runtime: options.value("runtime"),
        embedSource: options.flag("embed-source") || undefined,
        deno: options.value("deno"),
        config: options.value("config"),
        allow: options.list("allow"),
        sourceMap: options.flag("source-map") ? "all" : "author",
        minify: options.flag("minify"),
        external: options.list("external"),
        bundled: (result) => report(result, options.flag("analyze")),
      });
      print(options.flag("json") ? `${JSON.stringify(bundle)}\n` : describeBundle(bundle));
    }
    return 0;
  },
};

/** Prints warnings about packages, and with `analyze` the sizes. */
function report(result: BundlerResult, analyze: boolean): void {
  for (const name of result.nativePackages) {
    notify(
      `warning: npm:${name} has native code, which a bundle cannot contain; its code fails where it ` +
        "loads that\n",
    );
  }
  if (!analyze) return;
  const rows = result.sizes.filter(([, bytes]) => bytes > 0);
  const total = rows.reduce((sum, [, bytes]) => sum + bytes, 0);
  for (const [name, bytes] of [...rows, ["total", total] as const]) {
    notify(`${(bytes / 1000).toFixed(1).padStart(10)} kB  ${name}\n`);
  }
}

function inFolder(folder: string, entry: string, form: BundleForm): string {
  return join(folder, basename(outputPath(entry, form)));
}

function formOf(name = "thin"): BundleForm {
  const form = FORMS.find((known) => known === name);
  if (form !== undefined) return form;
  throw new UsageError(NAME, `--form must be thin, node or self-contained, got ${name}`);
}
