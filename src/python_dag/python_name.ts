/**
 * Names and strings as Python writes them.
 *
 * @module
 */

/** Python's keywords, the soft ones excepted, which may be names. */
const KEYWORDS: ReadonlySet<string> = new Set(
  ("False None True and as assert async await break class continue def del elif else except " +
    "finally for from global if import in is lambda nonlocal not or pass raise return try while " +
    "with yield").split(" "),
);

/**
 * Tells whether `text` can be a name in Python: ASCII only, for of other letters Python changes some
 * before it compares them.
 */
export function isPythonName(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) && !KEYWORDS.has(text);
}

/** Hands out names for ids, each once. */
export class PythonNames {
  readonly #taken: Set<string>;

  /** `taken` are names that mean something else. */
  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  /** The id itself where it is a free name, else one near it; `kind` stands before a number. */
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

/** Writes a string in double quotes, as formatters of Python do. */
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
 * Writes a JSON value in Python; undefined where it is an object or a list that is not empty, which
 * must not be a default.
 */
export function pythonLiteral(value: unknown): string | undefined {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  return typeof value === "string" ? pythonString(value) : undefined;
}
