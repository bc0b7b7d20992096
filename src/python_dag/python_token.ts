/**
 * Python's text cut into tokens, as far as reading a Dag file needs.
 *
 * @module
 */

/** What a token is: a name or keyword, a string, a number, an operator, or the end of a line. */
export type TokenKind = "name" | "string" | "number" | "operator" | "newline";

/** One token. */
export interface Token {
  /** What it is. */
  readonly kind: TokenKind;
  /** Its text; of a string its value. */
  readonly text: string;
  /** The line it begins in, from 1. */
  readonly line: number;
  /** How far its logical line is indented, in columns. */
  readonly indent: number;
  /** Of a string: whether its value is not what stands there, as an f-string's and bytes' is not. */
  readonly opaque?: boolean;
}

const STRING_START = /([A-Za-z]{0,2})("""|'''|"|')/y;
const NAME = /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*/uy;
const NUMBER = /(?:\d|\.\d)[\w.]*/y;
const OPERATOR = /->|:=|\*\*=?|\/\/=?|>>=?|<<=?|[!=<>+\-*/%&|^@]=|\.\.\.|[^\s\w]/uy;
const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  "\\": "\\",
  "'": "'",
  '"': '"',
  "\n": "",
};

/**
 * Cuts the text into tokens; strings that stand side by side become one, as in Python. What is no
 * Python gives some tokens or other.
 */
export function tokenize(text: string): Token[] {
  return new Tokenizer(text.replace(/^\ufeff/, "").replaceAll(/\r\n?/g, "\n")).run();
}

class Tokenizer {
  readonly #text: string;
  readonly #tokens: Token[] = [];
  #at = 0;
  #line = 1;
  #indent = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  run(): Token[] {
    this.#startLine();
    while (this.#at < this.#text.length) this.#step();
    this.#push("newline", "");
    return this.#tokens;
  }

  #step(): void {
    const character = this.#text[this.#at] ?? "";
    if (character === "\n") return this.#endLine();
    if (character === "\\" && this.#text[this.#at + 1] === "\n") {
      this.#at += 2;
      this.#line++;
      return;
    }
    if (character === "#") {
      const end = this.#text.indexOf("\n", this.#at);
      this.#at = end < 0 ? this.#text.length : end;
      return;
    }
    if (/\s/.test(character)) {
      this.#at++;
      return;
    }
    if (this.#string()) return;
    for (const [kind, pattern] of [["name", NAME], ["number", NUMBER]] as const) {
      const found = this.#match(pattern)?.[0];
      if (found === undefined) continue;
      this.#push(kind, found);
      this.#at += found.length;
      return;
    }
    const operator = this.#match(OPERATOR)?.[0] ?? character;
    if (/^[([{]$/.test(operator)) this.#depth++;
    if (/^[)\]}]$/.test(operator)) this.#depth = Math.max(0, this.#depth - 1);
    this.#push("operator", operator);
    this.#at += operator.length;
  }

  #endLine(): void {
    if (this.#depth === 0) this.#push("newline", "");
    this.#at++;
    this.#line++;
    if (this.#depth === 0) this.#startLine();
  }

  /** Within brackets, a line's indentation means nothing. */
  #startLine(): void {
    const spaces = /[ \t\f]*/y;
    spaces.lastIndex = this.#at;
    const found = spaces.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    let columns = 0;
    for (const space of found) {
      columns = space === "\t" ? (Math.floor(columns / 8) + 1) * 8 : columns + 1;
    }
    this.#indent = columns;
  }

  #string(): boolean {
    const start = this.#match(STRING_START);
    const [whole = "", prefix = "", quote = ""] = start ?? [];
    if (start === undefined || !/^(?:[rbuft]|rb|br|fr|rf|tr|rt)?$/i.test(prefix)) return false;
    const line = this.#line;
    const { value, end } = readString(
      this.#text,
      this.#at + whole.length,
      quote,
      /r/i.test(prefix),
    );
    this.#line += this.#text.slice(this.#at, end).split("\n").length - 1;
    this.#at = end;
    this.#pushString(value, /[fbt]/i.test(prefix), line);
    return true;
  }

  #pushString(value: string, opaque: boolean, line: number): void {
    const last = this.#tokens.at(-1);
    if (last?.kind === "string") {
      this.#tokens.pop();
      const whole = last.text + value;
      this.#tokens.push({ ...last, text: whole, opaque: last.opaque === true || opaque });
    } else {
      this.#tokens.push({ kind: "string", text: value, line, indent: this.#indent, opaque });
    }
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text) ?? undefined;
  }

  #push(kind: TokenKind, text: string): void {
    // Empty lines are none.
    if (kind === "newline" && (this.#tokens.at(-1)?.kind ?? "newline") === "newline") return;
    this.#tokens.push({ kind, text, line: this.#line, indent: this.#indent });
  }
}

/** Reads up to the closing quote, or the end of a text or line that lacks it. */
function readString(
  text: string,
  start: number,
  quote: string,
  raw: boolean,
): { value: string; end: number } {
  let value = "";
  for (let at = start; at < text.length;) {
    if (text.startsWith(quote, at)) return { value, end: at + quote.length };
    const character = text[at] ?? "";
    if (character === "\n" && quote.length === 1) return { value, end: at };
    if (character !== "\\") {
      value += character;
      at++;
      continue;
    }
    const [whole = "", body = ""] = /^\\(x[\da-f]{2}|u[\da-f]{4}|U[\da-f]{8}|[^])/i.exec(
      text.slice(at, at + 10),
    ) ?? ["\\", ""];
    value += raw ? whole : unescape(body, whole);
    at += whole.length;
  }
  return { value, end: text.length };
}

function unescape(body: string, whole: string): string {
  if (/^[xu][\da-f]/i.test(body)) {
    const code = parseInt(body.slice(1), 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  }
  return ESCAPES[body] ?? whole;
}
