/**
 * What a file assigns to names once, so that it can stand for them.
 *
 * @module
 */
import { type CallArguments, isOperator, readArguments, readFields } from "./python_call.ts";
import type { Token } from "./python_token.ts";

/** The constants of a file, as far as it has been read. */
export class PythonConstants {
  readonly #values = new Map<string, readonly Token[]>();

  /** Takes `NAME = value` or `NAME: type = value`; undefined for any other line. */
  assign(line: readonly Token[]): { name: string; value: readonly Token[] } | undefined {
    const [target] = line;
    const equals = line.findIndex((token) => isOperator(token, "="));
    const isTyped = isOperator(line[1], ":");
    if (target?.kind !== "name" || equals < 1 || (equals > 1 && !isTyped)) return undefined;
    const value = line.slice(equals + 1);
    // What is assigned twice has no one value.
    this.#values.set(target.text, this.#values.has(target.text) ? [] : value);
    return { name: target.text, value };
  }

  /** The arguments of a call, those of `**RETRIES` among them. */
  argumentsOf(tokens: readonly Token[], open: number): CallArguments {
    return readArguments(tokens, open, (name) => this.#values.get(name));
  }

  /** The string that an expression is; undefined where it is computed. */
  text(tokens: readonly Token[]): string | undefined {
    const [value] = this.#resolve(tokens);
    const isOne = this.#resolve(tokens).length === 1;
    return isOne && value?.kind === "string" && value.opaque !== true ? value.text : undefined;
  }

  /** The fields of the dictionary that an expression is; undefined where they are computed. */
  fields(tokens: readonly Token[]): ReadonlyMap<string, readonly Token[]> | undefined {
    return readFields(this.#resolve(tokens));
  }

  #resolve(tokens: readonly Token[]): readonly Token[] {
    const [only] = tokens;
    return tokens.length === 1 && only?.kind === "name"
      ? this.#values.get(only.text) ?? []
      : tokens;
  }
}
