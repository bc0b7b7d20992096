/**
 * Calls and parameter lists in Python's tokens.
 *
 * @module
 */
import type { Token } from "./python_token.ts";

/** The arguments of a call. */
export interface CallArguments {
  /** Those without a name, each by its tokens. */
  readonly positional: readonly (readonly Token[])[];
  /** Those with a name. */
  readonly named: ReadonlyMap<string, readonly Token[]>;
  /** Whether more come from `*` or `**`, which cannot be told. */
  readonly isOpen: boolean;
  /** The index after the closing bracket. */
  readonly end: number;
}

/** A parameter of a function in Python. */
export interface PythonParameter {
  /** Its name. */
  readonly name: string;
  /** Its annotation without spaces, e.g. `list[int]`. */
  readonly annotation?: string;
  /** Whether it lacks a default. */
  readonly required: boolean;
}

/** No arguments, as of a decorator without brackets that ends at `end`. */
export function noArguments(end: number): CallArguments {
  return { positional: [], named: new Map(), isOpen: false, end };
}

/**
 * The arguments that follow, where `tokens[open]` is the opening bracket; `valueOf` knows what was
 * assigned to a name, for `**RETRIES`.
 */
export function readArguments(
  tokens: readonly Token[],
  open: number,
  valueOf: (name: string) => readonly Token[] | undefined,
): CallArguments {
  const { parts, end } = split(tokens, open);
  const positional: (readonly Token[])[] = [];
  const named = new Map<string, readonly Token[]>();
  let isOpen = false;
  for (const part of parts) {
    const [first, second] = part;
    if (isOperator(first, "*") || isOperator(first, "**")) {
      const value = part.length === 2 && second?.kind === "name" ? valueOf(second.text) : undefined;
      const fields = value === undefined ? undefined : readFields(value);
      if (fields === undefined) isOpen = true;
      for (const [name, field] of fields ?? []) named.set(name, field);
    } else if (first?.kind === "name" && isOperator(second, "=")) {
      named.set(first.text, part.slice(2));
    } else positional.push(part);
  }
  return { positional, named, isOpen, end };
}

/** The fields of `{"retries": 3}`; undefined for what is no dictionary with plain keys. */
export function readFields(
  tokens: readonly Token[],
): ReadonlyMap<string, readonly Token[]> | undefined {
  if (!isOperator(tokens[0], "{")) return undefined;
  const { parts, end } = split(tokens, 0);
  const fields = parts.map((part) => {
    const [key, colon] = part;
    const isPlain = key?.kind === "string" && key.opaque !== true && isOperator(colon, ":");
    return isPlain ? [key.text, part.slice(2)] as const : undefined;
  });
  if (end !== tokens.length || fields.includes(undefined)) return undefined;
  return new Map(fields.filter((field) => field !== undefined));
}

/** The parameters of the function whose opening bracket is `tokens[open]`. */
export function readParameters(tokens: readonly Token[], open: number): PythonParameter[] {
  return split(tokens, open).parts.flatMap((part): PythonParameter[] => {
    const [first, second] = part;
    if (first?.kind !== "name") return [];
    const equals = indexAtDepth(part, "=");
    const typed = isOperator(second, ":") ? part.slice(2, equals < 0 ? undefined : equals) : [];
    const annotation = typed.map(({ text }) => text).join("");
    return [{
      name: first.text,
      required: equals < 0,
      ...(annotation === "" ? {} : { annotation }),
    }];
  });
}

/** A dotted name that begins at `start`, and the index after it. */
export function readDottedName(
  tokens: readonly Token[],
  start: number,
): { segments: string[]; end: number } {
  const segments: string[] = [];
  let at = start;
  while (tokens[at]?.kind === "name") {
    segments.push(tokens[at]?.text ?? "");
    at++;
    if (!isOperator(tokens[at], ".") || tokens[at + 1]?.kind !== "name") break;
    at++;
  }
  return { segments, end: at };
}

/** Tells whether the token is this operator. */
export function isOperator(token: Token | undefined, text: string): boolean {
  return token?.kind === "operator" && token.text === text;
}

/** What stands between commas, up to the bracket that closes `tokens[open]`. */
function split(
  tokens: readonly Token[],
  open: number,
): { parts: (readonly Token[])[]; end: number } {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (let at = open + 1; at < tokens.length; at++) {
    const token = tokens[at];
    if (token === undefined) break;
    const change = depthChange(token);
    if (change < 0 && depth === 0) return { parts: parts.filter(isFull), end: at + 1 };
    depth += change;
    if (depth === 0 && isOperator(token, ",")) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return { parts: parts.filter(isFull), end: tokens.length };
}

function isFull(part: readonly Token[]): boolean {
  return part.length > 0;
}

function indexAtDepth(tokens: readonly Token[], operator: string): number {
  let depth = 0;
  return tokens.findIndex((token) => {
    depth += depthChange(token);
    return depth === 0 && isOperator(token, operator);
  });
}

function depthChange({ kind, text }: Token): number {
  if (kind !== "operator") return 0;
  if (text === "(" || text === "[" || text === "{") return 1;
  return text === ")" || text === "]" || text === "}" ? -1 : 0;
}
