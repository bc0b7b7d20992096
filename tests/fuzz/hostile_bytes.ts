/**
 * Bytes that are msgpack, nearly msgpack, or nothing of the kind.
 *
 * @module
 */
import type { Random } from "./random.ts";

/** Every type of msgpack, the ends of ranges, and the byte that is not a type. */
const TYPES = [0x00, 0x7f, 0x80, 0x81, 0x8f, 0x90, 0x91, 0x9f, 0xa0, 0xa1, 0xbf, 0xe0, 0xff]
  .concat(Array.from({ length: 32 }, (_, i) => 0xc0 + i));
/** Byte pairs and more that strict UTF-8 and the timestamp type must tell from good ones. */
const TRICKS = [
  "c0af",
  "eda080",
  "edbfbf",
  "f4908080",
  "f8888080",
  "efbfbd",
  "efbbbf",
  "e282",
  "ff",
  "d6ffffffffff",
  "d7ffffffffffffffffff",
  "c70cff000000007fffffffffffffff",
  "c70cff3b9aca00",
  "cb7ff8000000000000",
  "cb8000000000000000",
  "cf0020000000000000",
  "d3ffe0000000000000",
  "ddffffffff",
  "dfffffffff",
  "dbffffffff",
  "c6ffffffff",
  "c9ffffffffff",
  "dcffff",
  "deffff",
  "a95f5f70726f746f5f5f",
  "81a95f5f70726f746f5f5f81a5706f6c6c7501",
  "ab636f6e7374727563746f72",
].map((text) => Uint8Array.fromHex(text)); // deno-fmt-ignore-line

/** Bytes with no plan but many types of msgpack in them. */
export function noise(random: Random): Uint8Array<ArrayBuffer> {
  const bytes = random.bytes(random.below(random.once(20) ? 400 : 24));
  for (let i = 0; i < bytes.length; i++) {
    if (random.once(2)) bytes[i] = random.pick(TYPES);
  }
  return bytes;
}

/** A copy of `bytes` with one to eight wounds. */
export function mutated(
  random: Random,
  bytes: Uint8Array,
  others: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  let result = new Uint8Array(bytes);
  for (let wounds = 1 + random.below(random.once(3) ? 8 : 2); wounds > 0; wounds--) {
    result = wounded(random, result, others);
  }
  return result;
}

function wounded(
  random: Random,
  bytes: Uint8Array<ArrayBuffer>,
  others: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const at = random.below(bytes.length + 1);
  const span = random.below(random.once(4) ? 64 : 5);
  switch (random.below(8)) {
    case 0:
    case 1:
      if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
      return bytes;
    case 2:
      if (at < bytes.length) bytes[at] = random.pick(TYPES);
      return bytes;
    case 3:
      return spliced(bytes, at, span, new Uint8Array(0));
    case 4:
      return spliced(bytes, at, 0, bytes.subarray(at, at + span));
    case 5: {
      const trick = random.pick(TRICKS);
      return spliced(bytes, at, random.once(2) ? trick.length : 0, trick);
    }
    case 6: {
      const other = random.pick(others);
      const from = random.below(other.length);
      return spliced(bytes, at, span, other.subarray(from, from + random.below(64)));
    }
    default:
      return random.once(2) ? bytes.slice(0, at) : spliced(bytes, at, 0, random.bytes(span));
  }
}

function spliced(
  bytes: Uint8Array,
  at: number,
  removed: number,
  added: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const after = bytes.subarray(Math.min(bytes.length, at + removed));
  const result = new Uint8Array(at + added.length + after.length);
  result.set(bytes.subarray(0, at));
  result.set(added, at);
  result.set(after, at + added.length);
  return result;
}

/** Makes a value by the grammar with heads of any size, sometimes with a wrong length. */
export function grammatical(random: Random): Uint8Array<ArrayBuffer> {
  const out: number[] = [];
  const lies = random.once(3);
  if (random.once(400)) {
    const depth = random.pick([500, 511, 512, 513, 5000, 20_000]);
    for (let i = 0; i < depth; i++) {
      if (random.once(2)) out.push(0x91);
      else out.push(0x81, random.once(9) ? 0x91 : 0x01);
    }
  }
  writeValue(random, out, 0, lies);
  return Uint8Array.from(out);
}

function writeValue(random: Random, out: number[], depth: number, lies: boolean): void {
  const kind = random.below(depth > 5 ? 8 : 12);
  switch (kind) {
    case 0:
      out.push(random.pick([0xc0, 0xc2, 0xc3, random.below(128), 0xe0 + random.below(32)]));
      return;
    case 1:
    case 2: {
      const type = 0xcc + random.below(8);
      out.push(type);
      pushRandom(random, out, 1 << ((type - 0xcc) % 4));
      return;
    }
    case 3: {
      const double = random.once(2);
      out.push(double ? 0xcb : 0xca);
      pushRandom(random, out, double ? 8 : 4);
      return;
    }
    case 4: {
      const length = random.below(random.once(9) ? 300 : 9);
      writeHead(random, out, length, lies, [undefined, 0xc4, 0xc5, 0xc6]);
      pushRandom(random, out, length);
      return;
    }
    case 5:
      writeTimestamp(random, out, lies);
      return;
    case 6:
    case 7:
      writeText(random, out, lies);
      return;
    case 8:
    case 9: {
      const length = random.below(random.once(20) ? 20 : 5);
      writeHead(random, out, length, lies, [0x90, undefined, 0xdc, 0xdd]);
      for (let i = 0; i < length; i++) writeValue(random, out, depth + 1, lies);
      return;
    }
    default: {
      const length = random.below(random.once(20) ? 20 : 5);
      writeHead(random, out, length, lies, [0x80, undefined, 0xde, 0xdf]);
      for (let i = 0; i < length; i++) {
        if (random.once(12)) writeValue(random, out, depth + 1, lies);
        else writeText(random, out, lies);
        writeValue(random, out, depth + 1, lies);
      }
    }
  }
}

/** Writes a head with the length in the type byte, or in 1, 2 or 4 bytes. */
function writeHead(
  random: Random,
  out: number[],
  length: number,
  lies: boolean,
  forms: readonly (number | undefined)[],
): void {
  const told = lies && random.once(10) ? random.pick([length + 1, 0, 0xffff, 2 ** 32 - 1]) : length;
  for (let form = random.below(4); form < 4; form++) {
    const type = forms[form];
    const most = form === 0 ? (type === 0xa0 ? 31 : 15) : form === 1 ? 255 : 65_535;
    if (type === undefined || (form < 3 && told > most)) continue;
    if (form === 0) {
      out.push(type | told);
      return;
    }
    out.push(type);
    for (let bits = form === 1 ? 0 : form === 2 ? 8 : 24; bits >= 0; bits -= 8) {
      out.push((told >>> bits) & 0xff);
    }
    return;
  }
}

const TEXTS = ["", "a", "id", "__proto__", "constructor", "toString", "äöü", "名前", "a\u{1f600}b"]
  .concat([
    "\ufeff",
    "\ufffd",
    "\0",
    "12",
    "-1",
    "x".repeat(63) + "é",
    "y".repeat(65),
    "é".repeat(32),
  ])
  .map((text) => new TextEncoder().encode(text));

function writeText(random: Random, out: number[], lies: boolean): void {
  const bytes = lies && random.once(10) ? random.pick(TRICKS) : random.pick(TEXTS);
  writeHead(random, out, bytes.length, lies, [0xa0, 0xd9, 0xda, 0xdb]);
  out.push(...bytes);
}

function writeTimestamp(random: Random, out: number[], lies: boolean): void {
  const form = random.below(3);
  if (form === 0) out.push(0xd6, 0xff);
  else if (form === 1) out.push(0xd7, 0xff);
  else out.push(0xc7, lies && random.once(5) ? random.below(16) : 12, 0xff);
  if (form > 0) {
    const nanoseconds = random.below(lies ? 2 ** 30 : 10 ** 9);
    const head = form === 1 ? nanoseconds * 4 : nanoseconds;
    for (let bits = 24; bits >= 0; bits -= 8) out.push((head >>> bits) & 0xff);
  }
  if (form === 2) {
    const sign = random.once(2) ? 0 : 0xff;
    out.push(sign, sign, sign, lies ? random.below(256) : sign);
  }
  pushRandom(random, out, 4);
}

function pushRandom(random: Random, out: number[], count: number): void {
  for (let i = 0; i < count; i++) out.push(random.bits() & 0xff);
}

/** Makes `count` bytes with heads that claim up to 4 GiB or 2^32 values. */
export function claim(random: Random, count: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(count).fill(random.pick([0x00, 0xc0, 0x90, 0x80, 0xdd, 0xdf]));
  const view = new DataView(bytes.buffer);
  const heads = 1 + random.below(8);
  for (let i = 0, at = 0; i < heads && at + 5 < count; i++, at += 5) {
    bytes[at] = random.pick([0xdd, 0xdd, 0xdf, 0xdb, 0xc6, 0xc9]);
    const claimed = random.once(2) ? random.bits() : count - at - random.below(16);
    view.setUint32(at + 1, Math.max(0, claimed));
  }
  return bytes;
}
