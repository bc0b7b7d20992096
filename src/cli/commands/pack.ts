/**
 * `pack`: from an author's module to a bundle.
 *
 * @module
 */
import { basename, join } from "node:path";
import type { BundleForm } from "../../bundle/inspect.ts";
import { outputPath, pack } from "../../bundle/pack.ts";
import { SCHEMA_DATES } from "../../protocol/generated_table.ts";
import { ALLOW_OPTION } from "./bundle_metadata.ts";
import {
  type Command,
  type CommandLine,
  parseOptions,
  schemaDate,
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
      about: "thin (default): one small executable file; it starts airflow-task-runtime, " +
        "found by $AIRFLOW_TASK_RUNTIME, beside the bundle, by --runtime, or on PATH\n" +
        "node: a .min.mjs file for the NodeCoordinator of Airflow 3.4",
      complete: FORMS,
    },
    {
      name: "self-contained",
      about: "the same as --form self-contained: one binary of some 100 MB that needs no other; " +
        "needs Deno 2.9.2 or newer",
    },
    {
      name: "schema",
      value: "DATE",
      about: "the supervisor schema to declare: 2026-06-16 (default) for Airflow 3.3 and 3.4, " +
        "2026-10-30 for 3.4 only, which brings TaskFlow arguments",
      complete: SCHEMA_DATES,
    },
    {
      name: "out",
      value: "PATH",
      about: "where to write it; by default dist/ and the module's name. For several modules, a " +
        "folder",
    },
    { name: "runtime", value: "PATH", about: "where workers have the runtime binary (thin)" },
    {
      name: "embed-source",
      about: "put the module's text into the bundle; with Dags it is there anyway",
    },
    { name: "deno", value: "PATH", about: "the deno to bundle with" },
    { name: "config", value: "PATH", about: "its configuration file" },
    ALLOW_OPTION,
    {
      name: "source-map",
      about: "exact lines in stack traces for all modules, not only for those in the entry's " +
        "folder; the bundle grows several times",
    },
    { name: "json", about: "describe what was made as JSON" },
  ],
  positionals: [1, Infinity],
};

const HELP = writeHelp({
  name: NAME,
  does: "makes a bundle that Airflow's coordinator launches",
  usage: ["[options] MODULE..."],
  about: [
    'MODULE is a TypeScript or JavaScript file that ends with "await bundle.serve()".\n' +
    "Needs a deno: --deno, $DENO, or the one on PATH.",
  ],
  line: LINE,
  exitCodes: "0 done, 1 failed",
});

/** Packs modules into bundles. */
export const packCommand: Command = {
  summary: "makes a bundle of a module",
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
        schema: schemaDate(NAME, options.value("schema")),
        runtime: options.value("runtime"),
        embedSource: options.flag("embed-source") || undefined,
        deno: options.value("deno"),
        config: options.value("config"),
        allow: options.list("allow"),
        sourceMap: options.flag("source-map") ? "all" : "author",
      });
      print(options.flag("json") ? `${JSON.stringify(bundle)}\n` : describeBundle(bundle));
    }
    return 0;
  },
};

function inFolder(folder: string, entry: string, form: BundleForm): string {
  return join(folder, basename(outputPath(entry, form)));
}

function formOf(name = "thin"): BundleForm {
  const form = FORMS.find((known) => known === name);
  if (form !== undefined) return form;
  throw new UsageError(NAME, `--form is thin, node or self-contained, not ${name}`);
}
