/**
 * Names and literals in Python.
 *
 * @module
 */

/** Python's keywords without the soft ones, which are valid names. */
const KEYWORDS: ReadonlySet<string> = new Set(
  ("False None True and as assert async await break class continue def del elif else except " +
    "finally for from global if import in is lambda nonlocal not or pass raise return try while " +
    "with yield").split(" "),
);

/**
 * Returns true if `text` is a valid ASCII name in Python. Python normalizes other letters, so two
 * different texts can be the same name.
 */
export function isPythonName(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) && !KEYWORDS.has(text);
}

/** Makes a unique Python name for each id. */
export class PythonNames {
  readonly #taken: Set<string>;

  /** `taken` lists the names that are in use. */
  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  /** Returns the id if it is a free name, else a similar name; `kind` precedes a leading digit. */
  nameFor(id: string, kind: string): string {
    const bare = id.replaceAll(/[^A-Za-z0-9_]/g, "_");
    const legible = /^_*$/.test(bare) ? kind : bare;
    const named = /^[0-9]/.test(legible) ? `${kind}_${legible}` : legible;
    const base = KEYWORDS.has(named) ? `${named}_` : named;
    let name = base;
    for (let i = 2; this.#taken.has(name); i++) name = `${base}_${i}`;
    this.#taken.add(name);
    return name;
  }
}

/** Writes a string literal, in double quotes if possible, as Python formatters do. */
export function pythonString(text: string): string {
  const quote = text.includes('"') && !text.includes("'") ? "'" : '"';
  const body = text.replaceAll("\\", "\\\\").replaceAll(quote, `\\${quote}`)
    .replaceAll(
      /[\p{Cc}\u2028\u2029\ufeff]/gu,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  return `${quote}${body}${quote}`;
}

/**
 * Writes a JSON value in Python; undefined for an object or an array, which must not be the default of
 * a parameter.
 */
export function pythonLiteral(value: unknown): string | undefined {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  return typeof value === "string" ? pythonString(value) : undefined;
}
