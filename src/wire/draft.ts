/**
 * A value that is checked while it is written.
 *
 * @module
 */

/** What may be written as it is, and what becomes of the rest. */
export interface DraftRules {
  /** The most containers within each other. */
  readonly maxDepth: number;
  /** Whether no object may have this key, which begins with an underscore. */
  isReserved(key: string): boolean;
  /** The form to write of a value that cannot be written as it is; throws when there is none. */
  convert(value: unknown): unknown;
}

/**
 * A value that is most likely plain JSON: null, booleans, finite numbers, strings, arrays and plain
 * objects. The encoder writes it at once, in one walk; where it meets anything else within, it takes
 * back what it has written of the value, and writes what the rules make of the whole.
 */
export class Draft {
  /** What to write. */
  readonly value: unknown;
  /** By which rules. */
  readonly rules: DraftRules;

  /** Makes a draft of `value`; it is looked at when it is written, not before. */
  constructor(value: unknown, rules: DraftRules) {
    this.value = value;
    this.rules = rules;
  }
}
