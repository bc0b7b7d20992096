import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { TaskRuntimeError } from "../../src/error.ts";
import { decode } from "../../src/wire/decoder.ts";
import { encode } from "../../src/wire/encoder.ts";
import { hex, join, repeat } from "./bytes.ts";

const codec = { permissions: "none" } as const;

function assertMalformed(bytes: Uint8Array, message: string): void {
  const error = assertThrows(() => decode(bytes), TaskRuntimeError);
  assertEquals(error.code, "MALFORMED");
  assertEquals(error.message, `Cannot decode value at byte ${message}`);
}

function assertDecodes(bytes: string, value: unknown): void {
  assert(Object.is(decode(hex(bytes)), value), `${bytes} is not ${value}`);
}

Deno.test("decode(): handles nil and booleans", codec, () => {
  assertDecodes("c0", null);
  assertDecodes("c2", false);
  assertDecodes("c3", true);
});

Deno.test("decode(): handles each integer type at its bounds", codec, () => {
  assertDecodes("00", 0);
  assertDecodes("7f", 127);
  assertDecodes("e0", -32);
  assertDecodes("ff", -1);
  assertDecodes("cc00", 0);
  assertDecodes("ccff", 255);
  assertDecodes("cdffff", 65535);
  assertDecodes("ceffffffff", 0xffffffff);
  assertDecodes("cf0000000000000001", 1);
  assertDecodes("d080", -128);
  assertDecodes("d07f", 127);
  assertDecodes("d18000", -32768);
  assertDecodes("d280000000", -0x80000000);
  assertDecodes("d3ffffffffffffffff", -1);
  assertDecodes("d30000000100000000", 0x100000000);
});

Deno.test("decode(): returns numbers for safe integers and bigints for others", codec, () => {
  assertDecodes("cf001fffffffffffff", Number.MAX_SAFE_INTEGER);
  assertDecodes("cf0020000000000000", 2n ** 53n);
  assertDecodes("cf0020000000000001", 2n ** 53n + 1n);
  assertDecodes("cfffffffffffffffff", 2n ** 64n - 1n);
  assertDecodes("d3ffe0000000000001", Number.MIN_SAFE_INTEGER);
  assertDecodes("d3ffe0000000000000", -(2n ** 53n));
  assertDecodes("d38000000000000000", -(2n ** 63n));
  assertDecodes("d37fffffffffffffff", 2n ** 63n - 1n);
});

Deno.test("decode(): handles float32 and float64", codec, () => {
  assertDecodes("ca3f000000", 0.5);
  assertDecodes("cb3fb999999999999a", 0.1);
  assertDecodes("cb8000000000000000", -0);
  assertDecodes("cb7ff8000000000000", NaN);
  assertDecodes("caff800000", -Infinity);
});

Deno.test(
  "decode(): handles fixstr, str8, str16 and str32, and forms longer than needed",
  codec,
  () => {
    assertDecodes("a0", "");
    assertDecodes("a161", "a");
    assertDecodes("d90161", "a");
    assertDecodes("da000161", "a");
    assertDecodes("db0000000161", "a");
    for (const length of [31, 32, 62, 63, 64, 65, 66, 255, 256, 65535, 65536]) {
      assertEquals(decode(encode("z".repeat(length))), "z".repeat(length));
      assertEquals(decode(encode("z".repeat(length) + "é")), "z".repeat(length) + "é");
    }
  },
);

Deno.test("decode(): keeps U+FEFF at the start of a string", codec, () => {
  assertDecodes("a4 efbbbf 61", "\ufeffa");
  const long = "\ufeff" + "a".repeat(1000);
  assertEquals(decode(encode(long)), long);
});

Deno.test("decode(): handles bin8, bin16 and bin32, as a copy", codec, () => {
  for (const head of ["c403", "c50003", "c600000003"]) {
    const input = join(head, "010203");
    const value = decode(input);
    input.fill(0);
    assertEquals(value, hex("010203"));
  }
});

Deno.test("decode(): handles arrays of each type", codec, () => {
  for (const head of ["92", "dc0002", "dd00000002"]) {
    assertEquals(decode(join(head, "01 90")), [1, []]);
  }
});

Deno.test("decode(): handles maps of each type", codec, () => {
  for (const head of ["82", "de0002", "df00000002"]) {
    assertEquals(decode(join(head, "a161 01 d90162 80")), { a: 1, b: {} });
  }
});

Deno.test("decode(): keeps the last of equal keys", codec, () => {
  assertEquals(decode(hex("82 a161 01 a161 02")), { a: 2 });
});

Deno.test("decode(): returns a Map when a key is not a string", codec, () => {
  assertEquals(
    decode(hex("83 a161 01 07 02 da000162 03")),
    new Map<unknown, unknown>([["a", 1], [7, 2], ["b", 3]]),
  );
  assertEquals(decode(hex("81 c0 01")), new Map([[null, 1]]));
  assertEquals(
    decode(hex("83 a9 5f5f70726f746f5f5f 01 07 02 a9 5f5f70726f746f5f5f 03")),
    new Map<unknown, unknown>([["__proto__", 3], [7, 2]]),
  );
});

Deno.test("decode(): makes __proto__ an own property and changes no prototype", codec, () => {
  const value = decode(hex("82 a9 5f5f70726f746f5f5f 81 a161 01 a162 02"));
  assertInstanceOf(value, Object);
  assertEquals(Object.getPrototypeOf(value), Object.prototype);
  assertEquals(Object.getOwnPropertyDescriptor(value, "__proto__")?.value, { a: 1 });
  assertEquals(Object.keys(value), ["__proto__", "b"]);
  assertEquals(Reflect.get({}, "a"), undefined);
  assertEquals(encode(value).toHex(), "82a95f5f70726f746f5f5f81a16101a16202");
});

Deno.test("decode(): makes own properties of constructor and toString", codec, () => {
  const value = decode(encode(new Map([["constructor", 1], ["toString", 2]])));
  assertInstanceOf(value, Object);
  assertEquals(Object.entries(value), [["constructor", 1], ["toString", 2]]);
});

Deno.test("decode(): distinguishes keys that look alike", codec, () => {
  const keys = Array.from({ length: 5000 }, (_, i) => `key${(i * 7919) % 5000}`);
  const expected = Object.fromEntries(keys.map((key, i) => [key, i]));
  const bytes = encode(expected);
  assertEquals(decode(bytes), expected);
  assertEquals(decode(bytes), expected);
});

Deno.test("decode(): handles keys that are long, empty or not ASCII", codec, () => {
  const value = { "": 1, "é": 2, "名前": 3, ["k".repeat(33)]: 4, ["é".repeat(200)]: 5 };
  assertEquals(decode(encode(value)), value);
  assertEquals(decode(encode(value)), value);
});

Deno.test("decode(): refuses invalid UTF-8 in strings and keys, short and long", codec, () => {
  const cases = [
    "80", // a continuation alone
    "c3", // cut short
    "c328", // no continuation
    "c0af", // overlong in two bytes
    "e0809f", // overlong in three
    "f08080af", // overlong in four
    "eda080", // a surrogate
    "f4908080", // beyond U+10FFFF
    "f8888080", // five bytes
    "ff",
    "61e282",
  ];
  for (const text of cases) {
    const bytes = hex(text);
    const short = join(new Uint8Array([0xa0 | bytes.length]), bytes);
    assertMalformed(short, "0: the string is not valid UTF-8");
    assertMalformed(join("91", short), "1: the string is not valid UTF-8");
    assertMalformed(join("81", short, "01"), "1: the key is not valid UTF-8");
    const long = join(repeat(200, 0x61), bytes);
    assertMalformed(
      join("d9", new Uint8Array([long.length]), long),
      "0: the string is not valid UTF-8",
    );
  }
});

Deno.test(
  "decode(): accepts the same UTF-8 as TextDecoder",
  codec,
  () => {
    const encoder = new TextEncoder();
    const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const check = (text: Uint8Array): void => {
      let expected: string | undefined;
      try {
        expected = strict.decode(text);
      } catch {
        expected = undefined;
      }
      let actual: unknown;
      try {
        actual = decode(join(new Uint8Array([0xa0 | text.length]), text));
      } catch {
        actual = undefined;
      }
      if (actual !== expected) throw new Error(`differs on ${text.toHex()}`);
    };
    const edges = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0];
    for (let first = 0x80; first < 0x100; first++) {
      for (const second of edges) {
        check(new Uint8Array([first, second]));
        for (const third of [0x7f, 0x80, 0xbf]) {
          check(new Uint8Array([first, second, third]));
          if (first >= 0xf0) check(new Uint8Array([first, second, third, 0x80]));
        }
      }
    }
    // characters from every range but the surrogates
    for (let point = 0x80; point < 0x11_0000; point += point < 0x1_0000 ? 7 : 997) {
      if (point < 0xd800 || point > 0xdfff) check(encoder.encode(String.fromCodePoint(point)));
    }
  },
);

Deno.test("decode(): refuses an empty input and bytes after the value", codec, () => {
  assertMalformed(hex(""), "0: it ends early, 1 bytes are due and 0 left");
  assertMalformed(hex("c0 c0 c0"), "1: 2 bytes follow the value");
});

Deno.test("decode(): refuses 0xc1", codec, () => {
  assertMalformed(hex("92 c0 c1"), "2: 0xc1 is not a type of msgpack");
});

Deno.test("decode(): refuses extensions other than the timestamp", codec, () => {
  assertMalformed(hex("d4 01 00"), "0: extension type 1 is unknown");
  assertMalformed(hex("91 c7 00 05"), "1: extension type 5 is unknown");
  assertMalformed(hex("c9 00000001 80 00"), "0: extension type -128 is unknown");
});

Deno.test("decode(): refuses every truncation of every type", codec, () => {
  const wholes = [
    "cc01",
    "cd0001",
    "ce00000001",
    "cf0000000000000001",
    "d001",
    "d10001",
    "d200000001",
    "d30000000000000001",
    "ca00000000",
    "cb0000000000000000",
    "a3616263",
    "d903616263",
    "da0003616263",
    "db00000003616263",
    "c403616263",
    "c50003616263",
    "c600000003616263",
    "d6ff00000000",
    "d7ff0000000000000000",
    "c70cff000000000000000000000000",
    "93010203",
    "dc0003010203",
    "dd00000003010203",
    "82a16101a16202",
    "de0002a16101a16202",
    "df00000002a16101a16202",
    "810102",
  ];
  for (const whole of wholes) {
    const bytes = hex(whole);
    decode(bytes);
    for (let end = 0; end < bytes.length; end++) {
      const error = assertThrows(() => decode(bytes.subarray(0, end)), TaskRuntimeError);
      assertEquals(error.code, "MALFORMED");
    }
  }
});

Deno.test("decode(): refuses heads that announce 4 GiB before it allocates memory", codec, () => {
  const values = "values, and 1 bytes are left";
  assertMalformed(hex("dd ffffffff c0"), `0: it announces 4294967295 ${values}`);
  assertMalformed(hex("df ffffffff c0"), `0: it announces 8589934590 ${values}`);
  assertMalformed(hex("db ffffffff 61"), "5: it ends early, 4294967295 bytes are due and 1 left");
  assertMalformed(hex("c6 ffffffff 61"), "5: it ends early, 4294967295 bytes are due and 1 left");
  assertMalformed(hex("c9 ffffffff ff"), "6: it ends early, 4294967295 bytes are due and 0 left");
});

Deno.test("decode(): refuses nested heads that each announce all remaining bytes", codec, () => {
  // 500 arrays within each other, each announcing as many values as there are bytes
  const size = 500_000;
  const heads = Array.from({ length: 500 }, (_, i) => encodeHead(size - 5 * (i + 1)));
  const bytes = join(...heads, repeat(size - 2500, 0xc0));
  assertMalformed(bytes, "5: it announces 499990 values, and 499990 bytes are left");
});

function encodeHead(length: number): Uint8Array {
  const head = new Uint8Array(5);
  head[0] = 0xdd;
  new DataView(head.buffer).setUint32(1, length);
  return head;
}

Deno.test("decode(): accepts a nesting depth of 512 and no more", codec, () => {
  decode(join(repeat(511, 0x91), "90"));
  assertMalformed(
    join(repeat(512, 0x91), "90"),
    "512: more than 512 arrays and maps within each other",
  );
  assertThrows(() => decode(repeat(1_000_000, 0x91)), TaskRuntimeError, "at byte 512:");
  const maps = join(...new Array<string>(100_000).fill("81a161"));
  assertThrows(() => decode(maps), TaskRuntimeError, "at byte 1536:");
  assertThrows(() => decode(repeat(1_000_000, 0x81)), TaskRuntimeError, "at byte 512:");
});

Deno.test("decode(): reads a view that begins within its buffer", codec, () => {
  const buffer = join("c1c1c1", "92 cb3fe0000000000000 c40107", "c1");
  assertEquals(decode(buffer.subarray(3, -1)), [0.5, hex("07")]);
});

Deno.test("decode(): accepts a replacement character that was sent as such", codec, () => {
  for (const text of ["\ufffd", "a".repeat(500) + "\ufffd", "é\ufffd".repeat(500)]) {
    assertEquals(decode(encode(text)), text);
  }
});

Deno.test("decode(): reads texts of 1 to 80 bytes at the very end of the input", codec, () => {
  for (let length = 1; length <= 80; length++) {
    const text = "0123456789".repeat(8).slice(0, length);
    const bytes = encode(text);
    assertEquals(decode(bytes), text);
    assertThrows(() => decode(bytes.subarray(0, -1)), TaskRuntimeError, "ends early");
  }
});
