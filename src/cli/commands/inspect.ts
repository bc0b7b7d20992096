/**
 * `inspect`: verifies and describes a bundle.
 *
 * @module
 */
import { type BundleDescription, inspectBundle } from "../../bundle/inspect.ts";
import { describePermissions } from "../../bundle/permissions.ts";
import { type Command, type CommandLine, parseOptions, writeHelp } from "../command_line.ts";
import { print } from "../terminal.ts";

const NAME = "airflow-task-runtime inspect";

const LINE: CommandLine = {
  options: [{ name: "json", about: "print the description as one line of JSON" }],
  positionals: [1, 1],
};

const HELP = writeHelp({
  name: NAME,
  does: "verify a bundle as Airflow does, and describe it",
  usage: ["[--json] BUNDLE"],
  line: LINE,
  exitCodes: "0 Airflow accepts the bundle, 1 it does not",
});

/** The command `inspect`. */
export const inspectCommand: Command = {
  summary: "verify and describe a bundle",
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

/** Returns the description as text, with one fact a line. */
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
    const warning = "not executable; Airflow 3.3 ignores it. Run chmod +x on the worker";
    facts.push(["warning", warning]);
  }
  const width = Math.max(...facts.map(([name]) => name.length));
  return facts.map(([name, fact]) => `${name.padEnd(width)}  ${fact}\n`).join("");
}

function sourceOf(name: string, size: number): string {
  return size === 0 ? name : `${name}, ${size} bytes embedded`;
}
