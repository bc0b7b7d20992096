/**
 * Stand-in for `@std/cli/parse-args`, for machines that cannot reach JSR.
 *
 * It has no dotted names (`--a.b`) and no typed defaults, because nothing here uses them.
 *
 * @module
 */

type Names = string | undefined;
type OneOrMore<T extends Names> = T | ReadonlyArray<Extract<T, string>>;

/** The value of each flag, by the options that list it. */
type Flags<Booleans extends Names, Strings extends Names, Collected extends Names> =
  & Record<string, unknown>
  & { [K in Exclude<Extract<Booleans, string>, Collected>]: boolean }
  & { [K in Extract<Extract<Booleans, string>, Collected>]: boolean[] }
  & { [K in Exclude<Extract<Strings, string>, Collected>]?: string }
  & { [K in Extract<Extract<Strings, string>, Collected>]: string[] }
  & { [K in Exclude<Extract<Collected, string>, Booleans | Strings>]: unknown[] };

type DoubleDash<D extends boolean | undefined> = D extends true ? { "--": string[] }
  : { "--"?: string[] };

/** The value returned from {@linkcode parseArgs}. */
export type Args<
  Values extends Record<string, unknown> = Record<string, unknown>,
  D extends boolean | undefined = undefined,
> =
  & Values
  & { _: Array<string | number> }
  & DoubleDash<D>;

/** The options of {@linkcode parseArgs}. */
export interface ParseOptions<
  Booleans extends Names = Names,
  Strings extends Names = Names,
  Collected extends Names = Names,
  D extends boolean | undefined = boolean | undefined,
> {
  /** Collects the arguments after `--` in `["--"]` instead of `_`. */
  "--"?: D;
  /** Other names of a flag; all are set together. */
  alias?: Readonly<Record<string, string | readonly string[]>>;
  /** Flags without a value. */
  boolean?: OneOrMore<Booleans> | boolean;
  /** Values of flags that are not given. */
  default?: Readonly<Record<string, unknown>>;
  /** Collects all arguments after the first positional in `_`. */
  stopEarly?: boolean;
  /** Flags whose values stay text; `"_"` means the positionals. */
  string?: OneOrMore<Strings>;
  /** Flags that may be given more than once. */
  collect?: OneOrMore<Collected>;
  /** Flags that `--no-…` turns off. */
  negatable?: string | readonly string[];
  /** Called with each undeclared argument, which is dropped when it returns false. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

const NUMBER_AT_END = /-?\d+(?:\.\d*)?(?:e-?\d+)?$/;

function isNumber(text: string): boolean {
  return /\S/.test(text) && Number.isFinite(Number(text));
}

function listOf(names: string | boolean | readonly string[] | undefined): readonly string[] {
  if (typeof names === "string") return [names];
  return typeof names === "object" ? names : [];
}

class Parser {
  readonly args: Args = { _: [] };
  readonly #options: ParseOptions;
  readonly #names = new Map<string, Set<string>>();
  readonly #booleans: Set<string>;
  readonly #strings: Set<string>;
  readonly #collected: Set<string>;
  readonly #negatable: Set<string>;

  constructor(options: ParseOptions) {
    this.#options = options;
    for (const [name, aliases] of Object.entries(options.alias ?? {})) {
      const all = new Set([name, ...listOf(aliases)]);
      for (const each of all) this.#names.set(each, all);
    }
    this.#booleans = this.#withAliases(options.boolean);
    this.#strings = this.#withAliases(options.string);
    this.#collected = this.#withAliases(options.collect);
    this.#negatable = this.#withAliases(options.negatable);
  }

  #withAliases(names: string | boolean | readonly string[] | undefined): Set<string> {
    return new Set(listOf(names).flatMap((name) => [...this.#names.get(name) ?? [name]]));
  }

  parse(given: readonly string[]): Args {
    const end = given.indexOf("--");
    const queue = end < 0 ? [...given] : given.slice(0, end);
    const rest = end < 0 ? [] : given.slice(end + 1);
    for (let arg = queue.shift(); arg !== undefined; arg = queue.shift()) {
      if (/^--./s.test(arg)) this.#long(arg, queue);
      else if (/^-./s.test(arg)) this.#short(arg, queue);
      else {
        this.#positional(arg);
        if (this.#options.stopEarly === true) this.args._.push(...queue.splice(0));
      }
    }
    this.#fillIn();
    if (this.#options["--"] === true) this.args["--"] = rest;
    else this.args._.push(...rest);
    return this.args;
  }

  #positional(arg: string): void {
    if (this.#options.unknown?.(arg) === false) return;
    this.args._.push(!this.#strings.has("_") && isNumber(arg) ? Number(arg) : arg);
  }

  #long(arg: string, queue: string[]): void {
    const equals = arg.indexOf("=", 3);
    const key = arg.slice(2, equals < 0 ? undefined : equals);
    if (equals >= 0) {
      const [value, name] = [arg.slice(equals + 1), key.replace(/^no-(?=.)/s, "")];
      this.#set(name, this.#booleans.has(name) ? value !== "false" : value, arg);
    } else if (key.startsWith("no-") && this.#negatable.has(key.slice(3))) {
      this.#set(key.slice(3), false, arg, false);
    } else if (this.#takesValue(key) && queue[0] && !queue[0].startsWith("-")) {
      this.#set(key, queue.shift() ?? "", arg);
    } else this.#setAlone(key, arg, queue);
  }

  #short(arg: string, queue: string[]): void {
    for (let at = 1; at < arg.length - 1; at++) {
      const letter = arg.charAt(at);
      const rest = arg.slice(at + 1);
      if (rest === "-") {
        this.#set(letter, rest, arg);
        return;
      }
      const joined = /[A-Za-z]/.test(letter) && (rest.includes("=") || NUMBER_AT_END.test(rest));
      if (joined || /^\W/.test(rest)) {
        this.#set(letter, rest.includes("=") ? rest.slice(rest.indexOf("=") + 1) : rest, arg);
        return;
      }
      this.#set(letter, this.#strings.has(letter) ? "" : true, arg);
    }
    const last = arg.slice(-1);
    const next = queue[0];
    if (next && !/^--?[^-]/.test(next) && this.#takesValue(last, false)) {
      this.#set(last, queue.shift() ?? "", arg);
    } else this.#setAlone(last, arg, queue);
  }

  #takesValue(key: string, long = true): boolean {
    return !this.#booleans.has(key) && !(long && this.#options.boolean === true);
  }

  /** A flag that no value follows, or only "true" or "false". */
  #setAlone(key: string, arg: string, queue: string[]): void {
    if (queue[0] === "true" || queue[0] === "false") this.#set(key, queue.shift() === "true", arg);
    else this.#set(key, this.#strings.has(key) ? "" : true, arg);
  }

  #set(key: string, value: string | boolean, arg: string, collect = true): void {
    const declared = this.#booleans.has(key) || this.#strings.has(key) || this.#names.has(key) ||
      (this.#options.boolean === true && /^--[^=]+$/.test(arg));
    if (!declared && this.#options.unknown?.(arg, key, value) === false) return;
    const number = typeof value === "string" && !this.#strings.has(key) && isNumber(value);
    this.#store(key, number ? Number(value) : value, collect && this.#collected.has(key));
  }

  #store(key: string, value: unknown, collect: boolean): void {
    for (const name of this.#names.get(key) ?? [key]) {
      const before = Object.hasOwn(this.args, name) ? this.args[name] : undefined;
      const after = !collect ? value : Array.isArray(before) ? [...before, value] : [value];
      // An assignment would change the prototype for a flag named __proto__.
      const writable = { writable: true, enumerable: true, configurable: true };
      Object.defineProperty(this.args, name, { value: after, ...writable });
    }
  }

  #fillIn(): void {
    for (const [key, value] of Object.entries(this.#options.default ?? {})) {
      if (!Object.hasOwn(this.args, key)) this.#store(key, value, false);
    }
    for (const key of this.#booleans) {
      if (!Object.hasOwn(this.args, key)) {
        this.#store(key, this.#collected.has(key) ? [] : false, false);
      }
    }
    for (const key of this.#collected) {
      if (this.#strings.has(key) && !Object.hasOwn(this.args, key)) this.#store(key, [], false);
    }
  }
}

/** Parses command line arguments; numeric text becomes a number unless `string` lists its flag. */
export function parseArgs<
  const Booleans extends Names = undefined,
  const Strings extends Names = undefined,
  const Collected extends Names = undefined,
  D extends boolean | undefined = undefined,
>(
  args: readonly string[],
  options?: ParseOptions<Booleans, Strings, Collected, D>,
): Args<Flags<Booleans, Strings, Collected>, D>;
export function parseArgs(args: readonly string[], options: ParseOptions = {}): Args {
  return new Parser(options).parse(args);
}
