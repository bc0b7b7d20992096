/**
 * `inspect`: what a bundle is and holds.
 *
 * @module
 */
import { type BundleDescription, inspectBundle } from "../../bundle/inspect.ts";
import { describePermissions } from "../../bundle/permissions.ts";
import { type Command, type CommandLine, parseOptions, writeHelp } from "../command_line.ts";
import { print } from "../terminal.ts";

const NAME = "airflow-task-runtime inspect";

const LINE: CommandLine = {
  options: [{ name: "json", about: "the description as one line of JSON" }],
  positionals: [1, 1],
};

const HELP = writeHelp({
  name: NAME,
  does: "verifies a bundle as Airflow does, and says what it holds",
  usage: ["[--json] BUNDLE"],
  line: LINE,
  exitCodes: "0 Airflow would take the bundle, 1 it would not",
});

/** Verifies and describes a bundle. */
export const inspectCommand: Command = {
  summary: "verifies a bundle and says what it holds",
  help: HELP,
  line: LINE,
  async run(args) {
    const options = parseOptions(NAME, args, LINE);
    const [path = ""] = options.positionals;
    const bundle = await inspectBundle(path);
    print(options.flag("json") ? `${JSON.stringify(bundle)}\n` : describeBundle(bundle));
    return 0;
  },
};

/** The description as text, a fact a line. */
export function describeBundle(bundle: BundleDescription): string {
  const source: [string, string][] = bundle.source === undefined
    ? []
    : [["source", sourceOf(bundle.source, bundle.sourceSize)]];
  const facts: [string, string][] = [
    ["bundle", bundle.path],
    ["form", bundle.form],
    ["size", `${bundle.size} bytes`],
    ["schema", bundle.sdk.supervisorSchemaVersion],
    ["sdk", `${bundle.sdk.language} ${bundle.sdk.version}`],
    ...source,
    ["sha256", bundle.sha256],
    ["allowed", describePermissions(bundle.permissions)],
    ...Object.entries(bundle.dags).map(([dagId, { tasks }]): [string, string] => [
      `dag ${dagId}`,
      tasks.join(", "),
    ]),
  ];
  if (!bundle.executable && bundle.form !== "node") {
    const warning = "not executable, so Airflow 3.3 ignores it: run chmod +x on the worker";
    facts.push(["warning", warning]);
  }
  const width = Math.max(...facts.map(([name]) => name.length));
  return facts.map(([name, fact]) => `${name.padEnd(width)}  ${fact}\n`).join("");
}

function sourceOf(name: string, size: number): string {
  return size === 0 ? name : `${name}, ${size} bytes embedded`;
}
