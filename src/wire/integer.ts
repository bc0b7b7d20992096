/**
 * Safe integers as msgpack, in the smallest form.
 *
 * @module
 */

const UINT32 = 0x1_0000_0000;

/** Writes a safe integer at byte `at`, where there must be room for nine; returns where it ends. */
export function writeInteger(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  value: number,
): number {
  if (value >= -0x20 && value < 0x80) {
    bytes[at] = value;
    return at + 1;
  }
  if (value >= -0x80 && value < 0x100) {
    bytes[at] = value < 0 ? 0xd0 : 0xcc;
    bytes[at + 1] = value;
    return at + 2;
  }
  if (value >= -0x8000 && value < 0x10000) {
    bytes[at] = value < 0 ? 0xd1 : 0xcd;
    view.setUint16(at + 1, value);
    return at + 3;
  }
  if (value >= -0x8000_0000 && value < UINT32) {
    bytes[at] = value < 0 ? 0xd2 : 0xce;
    view.setUint32(at + 1, value);
    return at + 5;
  }
  bytes[at] = value < 0 ? 0xd3 : 0xcf;
  view.setInt32(at + 1, Math.floor(value / UINT32));
  view.setUint32(at + 5, value);
  return at + 9;
}
