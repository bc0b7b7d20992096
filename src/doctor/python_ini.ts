/**
 * Files such as airflow.cfg, read as Python's ConfigParser reads them.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";

/** The options by section, names in lower case; values as they stand. */
export type IniSections = ReadonlyMap<string, ReadonlyMap<string, string>>;

interface Open {
  readonly options: Map<string, string[]>;
  lines: string[] | undefined;
  indent: number;
}

/**
 * Reads the text of the file at `path`.
 *
 * @throws {TaskRuntimeError} `INVALID` with the line that ConfigParser would refuse
 */
export function parseIni(text: string, path: string): IniSections {
  const sections = new Map<string, Map<string, string[]>>();
  let open: Open | undefined;
  for (const [i, line] of text.split(/\r\n|\n|\r/).entries()) {
    const refuse = (reason: string): TaskRuntimeError =>
      new TaskRuntimeError("INVALID", `Cannot read ${path}: line ${i + 1} ${reason}`);
    const bare = line.trim();
    if (/^[#;]/.test(bare)) continue;
    if (bare === "") {
      open?.lines?.push("");
      continue;
    }
    const indent = line.length - line.trimStart().length;
    if (open?.lines !== undefined && indent > open.indent) {
      open.lines.push(bare);
      continue;
    }
    const header = /^\[(.+)\]/.exec(bare)?.[1];
    if (header !== undefined) {
      if (sections.has(header)) throw refuse(`opens section [${header}] again`);
      const options = new Map<string, string[]>();
      sections.set(header, options);
      open = { options, lines: undefined, indent };
      continue;
    }
    if (open === undefined) throw refuse("stands before the first section");
    const [, name, value] = /^(.*?)\s*[=:]\s*(.*)$/.exec(bare) ?? [];
    if (name === undefined || name === "" || value === undefined) {
      throw refuse(`is no section, option or comment: ${bare}`);
    }
    const key = name.toLowerCase();
    if (open.options.has(key)) throw refuse(`sets ${key} again`);
    open.lines = [value];
    open.indent = indent;
    open.options.set(key, open.lines);
  }
  return new Map(Array.from(sections, ([name, options]) => [
    name,
    new Map(Array.from(options, ([key, lines]) => [key, lines.join("\n").trimEnd()])),
  ]));
}

/**
 * The value of an option with ConfigParser's `%(name)s` filled in; undefined where there is none.
 * `path` is for the error only.
 *
 * @throws {TaskRuntimeError} `INVALID` for a `%` that ConfigParser would refuse
 */
export function iniValue(
  sections: IniSections,
  section: string,
  key: string,
  path: string,
): string | undefined {
  const defaults = sections.get("DEFAULT");
  const find = (name: string): string | undefined =>
    sections.get(section)?.get(name) ?? defaults?.get(name);
  const fill = (value: string, depth: number): string =>
    value.replaceAll(/%(?:%|\(([^)]+)\)s|)/g, (found, name: string | undefined) => {
      if (found === "%%") return "%";
      const filling = name === undefined ? undefined : find(name.toLowerCase());
      if (filling === undefined || depth > 10) {
        throw new TaskRuntimeError(
          "INVALID",
          `Cannot read ${path}: [${section}] ${key} has a % that Python's ConfigParser refuses; ` +
            "a plain one is written %%",
        );
      }
      return fill(filling, depth + 1);
    });
  const value = sections.has(section) ? find(key) : undefined;
  return value === undefined ? undefined : fill(value, 0);
}
