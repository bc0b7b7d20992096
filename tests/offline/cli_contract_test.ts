/**
 * What our command line relies on in `@std/cli/parse-args`, whether real or stand-in.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { parseArgs } from "@std/cli/parse-args";

Deno.test("parseArgs: reads flags in both forms and collects positionals", () => {
  const args = parseArgs(["--comm=a:1", "--logs", "b:2", "x", "-v", "y"], {
    string: ["comm", "logs"],
    boolean: ["v"],
  });
  const comm: string | undefined = args.comm;
  assertEquals([comm, args.logs, args.v, args._], ["a:1", "b:2", true, ["x", "y"]]);
});

Deno.test("parseArgs: keeps numbers as text only with the string option", () => {
  assertEquals<unknown>(parseArgs(["007"])._, [7]);
  assertEquals<unknown>(parseArgs(["007", "0x10", "1e3"], { string: ["_"] })._, [
    "007",
    "0x10",
    "1e3",
  ]);
  assertEquals<unknown>(parseArgs(["--n", "08"]).n, 8);
  assertEquals(parseArgs(["--n", "08"], { string: ["n"] }).n, "08");
});

Deno.test("parseArgs: returns the empty string for a missing value", () => {
  const options = { string: ["out", "dir"] } as const;
  assertEquals(parseArgs(["--out"], options).out, "");
  const args = parseArgs(["--out", "--dir", "d"], options);
  assertEquals([args.out, args.dir], ["", "d"]);
  const empty = parseArgs(["--out=", "d"], { string: ["out", "_"] });
  assertEquals<unknown>([empty.out, empty._], ["", ["d"]]);
});

Deno.test("parseArgs: keeps equals signs in a value", () => {
  assertEquals(parseArgs(["--set=a=b=c"], { string: ["set"] }).set, "a=b=c");
});

Deno.test("parseArgs: returns false for missing booleans and nothing for missing strings", () => {
  const args = parseArgs([], { boolean: ["json"], string: ["out"] });
  assertEquals([args.json, args.out, "out" in args], [false, undefined, false]);
});

Deno.test("parseArgs: accepts only true and false as a boolean's value", () => {
  const args = parseArgs(["--json", "false", "--quiet", "x"], {
    boolean: ["json", "quiet"],
    string: ["_"],
  });
  assertEquals([args.json, args.quiet], [false, true]);
  assertEquals<unknown>([...args._], ["x"]);
  assertEquals(parseArgs(["--json=false"], { boolean: ["json"] }).json, false);
});

Deno.test("parseArgs: sets a flag and its aliases together", () => {
  const args = parseArgs(["-h", "-o", "file"], {
    boolean: ["help"],
    string: ["out"],
    alias: { help: "h", out: "o" },
  });
  assertEquals<unknown>([args.help, args["h"], args.out, args["o"]], [true, true, "file", "file"]);
});

Deno.test("parseArgs: sets defaults", () => {
  const args = parseArgs(["--port=1"], { string: ["host", "port"], default: { host: "here" } });
  assertEquals<unknown>([args.host, args.port], ["here", "1"]);
});

Deno.test("parseArgs: collects only the flags of the collect option", () => {
  const given = ["--tag=a", "--tag=b", "--out=c", "--out=d"];
  const args = parseArgs(given, { string: ["tag", "out", "more"], collect: ["tag", "more"] });
  assertEquals<unknown>([args.tag, args.out, args.more], [["a", "b"], "d", []]);
});

Deno.test("parseArgs: negates only the flags of the negatable option", () => {
  const args = parseArgs(["--no-check", "--no-lock"], {
    boolean: ["check"],
    negatable: ["check"],
    default: { check: true },
  });
  assertEquals<unknown>([args.check, args["no-lock"]], [false, true]);
});

Deno.test("parseArgs: drops unknown arguments when the callback returns false", () => {
  const asked: unknown[] = [];
  const args = parseArgs(["--out=f", "--odd=1", "-x", "here"], {
    string: ["out"],
    unknown: (arg, key, value) => {
      asked.push([arg, key, value]);
      return false;
    },
  });
  assertEquals<unknown>({ ...args }, { _: [], out: "f" });
  assertEquals(asked, [["--odd=1", "odd", "1"], ["-x", "x", "here"]]);
  parseArgs(["here"], { unknown: (arg, key) => asked.push([arg, key]) });
  assertEquals(asked.at(-1), ["here", undefined]);
});

Deno.test("parseArgs: stops at the first positional with stopEarly", () => {
  const args = parseArgs(["--json", "pack", "--out=x"], { boolean: ["json"], stopEarly: true });
  assertEquals<unknown>([args.json, args._], [true, ["pack", "--out=x"]]);
});

Deno.test("parseArgs: reads no flags after a double dash", () => {
  const given = ["a", "--", "--json", "7"];
  assertEquals<unknown>(parseArgs(given)._, ["a", "--json", "7"]);
  const args = parseArgs(given, { "--": true, boolean: ["json"] });
  assertEquals<unknown>([args._, args["--"], args.json], [["a"], ["--json", "7"], false]);
});

Deno.test("parseArgs: reads grouped short flags", () => {
  const args = parseArgs(["-abc", "-n5", "-"], { boolean: ["a", "b", "c"], string: ["_"] });
  assertEquals<unknown>([args.a, args.b, args.c, args.n], [true, true, true, 5]);
  assertEquals<unknown>([...args._], ["-"]);
});
