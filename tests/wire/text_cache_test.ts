import { assertEquals, assertThrows } from "@std/assert";
import { TaskRuntimeError } from "../../src/error.ts";
import { decode, holdsNoReservedKey } from "../../src/wire/decoder.ts";
import { encode } from "../../src/wire/encoder.ts";
import { texts } from "../../src/wire/text.ts";

const codec = { permissions: "none" } as const;

const encoder = new TextEncoder();

Deno.test(
  "TextCache.read() tells apart texts that differ in one byte, of every length",
  codec,
  () => {
    for (let length = 1; length <= 16; length++) {
      const plain = "a".repeat(length);
      const given = [plain];
      for (let i = 0; i < length; i++) given.push(plain.slice(0, i) + "b" + plain.slice(i + 1));
      given.push("a".repeat(Math.max(1, length - 1)), "\0".repeat(length));
      for (const round of [1, 2]) {
        const read = given.map((text) => {
          const bytes = encoder.encode(`>${text}<`);
          return texts.read(bytes, new DataView(bytes.buffer), 1, text.length);
        });
        assertEquals(read, given, `round ${round}`);
      }
    }
  },
);

Deno.test("TextCache.read() reads what is not ASCII, and keeps nothing invalid", codec, () => {
  const words = ["é", "名前", "a😀", "ééééé€", "\ufeffb", "\0", "\ufffd"];
  for (const word of [...words, ...words]) {
    assertEquals(decode(encode([word, { [word]: 1 }])), [
      word,
      { [word]: 1 },
    ]);
  }
  for (let i = 0; i < 2; i++) {
    assertThrows(() => decode(new Uint8Array([0xa2, 0xc3, 0x28])), TaskRuntimeError, "valid UTF-8");
    assertThrows(
      () => decode(new Uint8Array([0x81, 0xa1, 0xff, 1])),
      TaskRuntimeError,
      "valid UTF-8",
    );
  }
});

Deno.test("decode() reads 100,000 short texts, each as it is", codec, () => {
  const given = Array.from({ length: 100_000 }, (_, i) => `${(i * 7919) % 65_537}:${i % 10}`);
  assertEquals(decode(encode(given)), given);
});

Deno.test("decode() reads texts of 1 to 20 bytes at the very end of the input", codec, () => {
  for (let length = 1; length <= 20; length++) {
    const text = "0123456789abcdefghij".slice(0, length);
    const bytes = encode(text);
    assertEquals(decode(bytes), text);
    assertThrows(() => decode(bytes.subarray(0, -1)), TaskRuntimeError, "ends early");
  }
});

Deno.test("holdsNoReservedKey() knows the bodies of long frames", codec, () => {
  const rows = new Array(300).fill({ _id: 1, name: "x" });
  const cases: [unknown, boolean][] = [
    [{ rows }, true],
    [{ rows: ["x"] }, false],
    [{ rows, more: [{ a: { __classname__: 1 } }] }, false],
    [{ rows, __type: 1 }, false],
    [{ rows, more: { __: 1 } }, false],
    [{ rows, more: new Map<unknown, unknown>([[1, 1], ["__id__", 2]]) }, false],
    [{ rows, more: new Map<unknown, unknown>([["__id__", 2], [1, 1]]) }, false],
  ];
  for (const [body, expected] of cases) {
    const frame = decode(encode([2 ** 40, body, null]));
    const read: unknown = Array.isArray(frame) ? frame[1] : undefined;
    assertEquals(typeof read === "object" && read !== null && holdsNoReservedKey(read), expected);
  }
});
