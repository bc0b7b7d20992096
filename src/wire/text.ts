/**
 * Strict UTF-8, fast for short strings.
 *
 * A call of TextDecoder or TextEncoder takes as long as some eighty characters in JavaScript, so only
 * long strings use them.
 *
 * @module
 */

/** Strings of up to this many bytes are decoded in JavaScript. */
const SHORT_BYTES = 64;

/** Without `fatal`, Deno decodes several times as fast. */
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** One array for each length, because `apply` passes the whole array. */
const unitsByLength: number[][] = Array.from(
  { length: SHORT_BYTES + 1 },
  (_, length) => new Array<number>(length).fill(0),
);

/** The UTF-16 units of a short string that has characters beyond ASCII. */
const wideUnits: number[] = new Array<number>(SHORT_BYTES).fill(0);

/** Decodes `length` bytes from byte `at` on; returns undefined when they are not valid UTF-8. */
export function readText(bytes: Uint8Array, at: number, length: number): string | undefined {
  return length > SHORT_BYTES ? readLong(bytes, at, length) : readShort(bytes, at, length);
}

function readShort(bytes: Uint8Array, at: number, length: number): string | undefined {
  const units = unitsByLength[length];
  if (units === undefined) return undefined;
  for (let i = 0; i < length; i++) {
    const byte = bytes[at + i] ?? 0;
    if (byte > 0x7f) return readWide(bytes, at, length);
    units[i] = byte;
  }
  return String.fromCharCode.apply(null, units);
}

function readLong(bytes: Uint8Array, at: number, length: number): string | undefined {
  const part = bytes.subarray(at, at + length);
  const text = lenient.decode(part);
  // A replacement character stands for invalid bytes, or was sent as such.
  if (!text.includes("\ufffd")) return text;
  try {
    return strict.decode(part);
  } catch {
    return undefined;
  }
}

function readWide(bytes: Uint8Array, at: number, length: number): string | undefined {
  const end = at + length;
  let count = 0;
  while (at < end) {
    const lead = bytes[at++] ?? 0;
    if (lead < 0x80) {
      wideUnits[count++] = lead;
      continue;
    }
    const more = lead < 0xc2 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : 0;
    if (more === 0 || at + more > end) return undefined;
    let point = lead & (0x3f >> more);
    for (let i = 0; i < more; i++) {
      const byte = bytes[at++] ?? 0;
      if ((byte & 0xc0) !== 0x80) return undefined;
      point = (point << 6) | (byte & 0x3f);
    }
    if (more === 2 && (point < 0x800 || (point >= 0xd800 && point < 0xe000))) return undefined;
    if (more === 3) {
      if (point < 0x10000 || point > 0x10ffff) return undefined;
      point -= 0x10000;
      wideUnits[count++] = 0xd800 | (point >> 10);
      wideUnits[count++] = 0xdc00 | (point & 0x3ff);
    } else {
      wideUnits[count++] = point;
    }
  }
  return String.fromCharCode.apply(null, wideUnits.slice(0, count));
}

/**
 * Writes the UTF-8 of `value` at byte `at`, where three bytes for each UTF-16 unit must be free.
 * Returns the byte after it, or undefined when `value` has a lone surrogate.
 */
export function writeWideText(bytes: Uint8Array, at: number, value: string): number | undefined {
  for (let i = 0; i < value.length; i++) {
    let point = value.charCodeAt(i);
    if (point < 0x80) {
      bytes[at++] = point;
      continue;
    }
    if (point < 0x800) {
      bytes[at++] = 0xc0 | (point >> 6);
    } else {
      if (point < 0xd800 || point > 0xdfff) {
        bytes[at++] = 0xe0 | (point >> 12);
      } else {
        point = value.codePointAt(i++) ?? 0;
        if (point < 0x10000) return undefined;
        bytes[at++] = 0xf0 | (point >> 18);
        bytes[at++] = 0x80 | ((point >> 12) & 0x3f);
      }
      bytes[at++] = 0x80 | ((point >> 6) & 0x3f);
    }
    bytes[at++] = 0x80 | (point & 0x3f);
  }
  return at;
}
