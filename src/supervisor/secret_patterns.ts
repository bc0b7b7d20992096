/**
 * Many texts looked for at once, while more of them come to be known.
 *
 * @module
 */

/** V8 refuses a pattern with a text of 32,767 characters in it: longer ones are looked for apart. */
const IN_PATTERN = 1000;

/** How many texts are always in one pattern: as good as all tasks know fewer. */
const IN_FIRST = 100;

/** Some texts, and the pattern that finds them. */
interface Group {
  readonly texts: readonly string[];
  readonly pattern: RegExp;
}

/**
 * Finds texts within others and replaces them.
 *
 * To make a pattern of a thousand secrets takes some 90 ms, and a task may log between learning one
 * and the next. So what came later is in groups of its own, which are joined as they grow: a text is
 * made part of a pattern some tens of times, not as often as others follow it.
 */
export class SecretPatterns {
  /** Each longer than the next. */
  readonly #groups: Group[] = [];
  /** Those in no pattern yet. */
  #fresh: string[] = [];
  readonly #long: string[] = [];

  /** Has `text` be looked for from now on; it is not empty, and not known already. */
  add(text: string): void {
    (text.length > IN_PATTERN ? this.#long : this.#fresh).push(text);
  }

  /** The text with `mask` for each that is found in it. */
  replace(text: string, mask: string): string {
    if (this.#fresh.length > 0) this.#makePattern();
    const [only, next] = this.#groups;
    if (this.#long.length === 0 && only !== undefined && next === undefined) {
      return text.replace(only.pattern, mask);
    }
    let masked = "";
    let end = 0;
    for (const [from, to] of this.#spansIn(text).sort(([a], [b]) => a - b)) {
      if (from >= end) masked += text.slice(end, from) + mask;
      end = Math.max(end, to);
    }
    return masked + text.slice(end);
  }

  #makePattern(): void {
    let texts: readonly string[] = this.#fresh;
    this.#fresh = [];
    const isJoined = ({ length }: readonly string[]): boolean =>
      length <= Math.max(texts.length, IN_FIRST);
    for (let last = this.#groups.at(-1); last && isJoined(last.texts); last = this.#groups.at(-1)) {
      texts = [...last.texts, ...texts];
      this.#groups.pop();
    }
    // The longest come first, so that one within another does not leave the other's rest.
    const parts = texts.toSorted((a, b) => b.length - a.length).map(RegExp.escape);
    this.#groups.push({ texts, pattern: new RegExp(parts.join("|"), "g") });
  }

  #spansIn(text: string): [from: number, to: number][] {
    const spans: [number, number][] = [];
    for (const { pattern } of this.#groups) {
      pattern.lastIndex = 0;
      for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
        spans.push([found.index, pattern.lastIndex]);
      }
    }
    for (const long of this.#long) {
      for (let at = text.indexOf(long); at >= 0; at = text.indexOf(long, at + long.length)) {
        spans.push([at, at + long.length]);
      }
    }
    return spans;
  }
}
