/**
 * Measures our codec and others in one process: the time to encode and to decode a value.
 *
 * @module
 */
import { startupDetails } from "../../../src/local/supervisor/startup_details.ts";
import { decode } from "../../../src/wire/decoder.ts";
import { encode } from "../../../src/wire/encoder.ts";
import { install } from "../peers/packages.ts";
import { markdown, median, shown } from "../table.ts";
import { bigText, rows } from "../work.ts";

/** One implementation of msgpack. */
interface Codec {
  readonly name: string;
  readonly encode: (value: unknown) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => unknown;
}

const PACKAGES = ["@msgpack/msgpack@3.1.3", "msgpackr@2.1.3"] as const;
/** The shortest time, in ms, that one figure is measured for. */
const LEAST_MS = 10;

/** Returns the values; they have only types that all codecs support. */
function values(): Record<string, unknown> {
  const details = startupDetails({ dagId: "bench", taskId: "extract", retries: 2 });
  return {
    "small request": [7, { type: "GetVariable", key: "region" }],
    "small reply": [7, { type: "VariableResult", key: "region", value: "eu-central-1" }, null],
    "StartupDetails": [0, JSON.parse(JSON.stringify(details)), null],
    "20,000 rows": rows(),
    "16 MiB of text": bigText(),
  };
}

async function codecs(report: (text: string) => void): Promise<Codec[]> {
  const found: Codec[] = [{ name: "ours", encode, decode }];
  if (import.meta.resolve("@std/msgpack").startsWith("file:")) {
    report(
      "without @std/msgpack: JSR is out of reach, and our substitute for it is not worth measuring\n",
    );
  } else {
    found.push(codecOf("@std/msgpack", await import("@std/msgpack")));
  }
  const folder = await install(...PACKAGES);
  found.push(codecOf(PACKAGES[0], await import(`${folder}@msgpack/msgpack/dist.esm/index.mjs`)));
  const { Packr } = await import(`${folder}msgpackr/index.js`);
  const packr: unknown = new Packr({ useRecords: false });
  found.push(codecOf(PACKAGES[1], packr));
  return found;
}

/** Returns the codec of a module or an object with `encode` and `decode`. */
function codecOf(name: string, owner: unknown): Codec {
  if (typeof owner !== "object" || owner === null) {
    throw new Error(`Cannot measure ${name}: it has no codec`);
  }
  const encode: unknown = Reflect.get(owner, "encode");
  const decode: unknown = Reflect.get(owner, "decode");
  if (typeof encode !== "function" || typeof decode !== "function") {
    throw new Error(`Cannot measure ${name}: it has no codec`);
  }
  return {
    name,
    encode: (value) => encode.call(owner, value),
    decode: (bytes) => decode.call(owner, bytes),
  };
}

/** Returns the mean time of `times` calls, in µs. */
function cost(call: () => unknown, times: number): number {
  const begin = performance.now();
  for (let i = 0; i < times; i++) call();
  return 1000 * (performance.now() - begin) / times;
}

/** Returns the median time of each call in µs, after a warm-up; the calls take turns. */
function costs(calls: readonly (() => unknown)[], rounds: number): number[] {
  const times = calls.map((call) => {
    for (let at = 0, begin = performance.now(); at < 5000; at++) {
      call();
      if (performance.now() - begin > 300) break;
    }
    return Math.max(1, Math.ceil(1000 * LEAST_MS / cost(call, 3)));
  });
  const figures = calls.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    calls.forEach((call, i) => figures[i]?.push(cost(call, times[i] ?? 1)));
  }
  return figures.map(median);
}

/** Returns the table of all values and codecs, medians of `rounds`. */
export async function codecTable(rounds: number, report: (text: string) => void): Promise<string> {
  const all = await codecs(report);
  const others = all.slice(1);
  const ratios = others.map(({ name }) => `ours / ${name.replace(/(?!^)@.*/, "")}`);
  const table = [["µs, median", ...all.map(({ name }) => name), ...ratios]];
  for (const [name, value] of Object.entries(values())) {
    report(`codec, ${name}\n`);
    const bytes = encode(value);
    for (const codec of all) {
      if (JSON.stringify(codec.decode(codec.encode(value))) !== JSON.stringify(value)) {
        throw new Error(`${codec.name} changes the value "${name}"`);
      }
    }
    for (
      const [verb, calls] of [
        ["encode", all.map((codec) => () => codec.encode(value))],
        ["decode", all.map((codec) => () => codec.decode(bytes))],
      ] as const
    ) {
      const [ours = NaN, ...theirs] = costs(calls, rounds);
      table.push([
        `${verb} ${name}`,
        ...[ours, ...theirs].map((figure) => shown(figure)),
        ...theirs.map((figure) => shown(ours / figure, 2)),
      ]);
    }
  }
  return markdown(table);
}

if (import.meta.main) {
  console.log(
    await codecTable(10, (text) => Deno.stderr.writeSync(new TextEncoder().encode(text))),
  );
}
