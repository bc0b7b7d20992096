/**
 * Reads the target of an executable from its first bytes.
 *
 * @module
 */

/** ELF's `e_machine`. */
const MACHINES: ReadonlyMap<number, string> = new Map([
  [0x3e, "x86_64-unknown-linux-gnu"],
  [0xb7, "aarch64-unknown-linux-gnu"],
]);
/** Mach-O's `cputype`. */
const CPUS: ReadonlyMap<number, string> = new Map([
  [0x01000007, "x86_64-apple-darwin"],
  [0x0100000c, "aarch64-apple-darwin"],
]);

/** The `Machine` of a Windows executable. */
const WINDOWS_MACHINES: ReadonlyMap<number, string> = new Map([
  [0x8664, "x86_64-pc-windows-msvc"],
]);
/** The position of the header's offset in a Windows executable. */
const WINDOWS_HEADER = 0x3c;

/** Reads the target of an executable from its first 1024 bytes; returns undefined if unknown. */
export function targetOf(bytes: Uint8Array): string | undefined {
  if (bytes.length < 20) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0);
  if (magic === 0x7f454c46) return MACHINES.get(view.getUint16(18, true));
  if (magic === 0xcffaedfe) return CPUS.get(view.getUint32(4, true));
  if (view.getUint16(0) === 0x4d5a) return windowsTarget(view);
  return undefined;
}

function windowsTarget(view: DataView): string | undefined {
  if (view.byteLength < WINDOWS_HEADER + 4) return undefined;
  const header = view.getUint32(WINDOWS_HEADER, true);
  const isHeader = view.byteLength >= header + 6 && view.getUint32(header) === 0x50450000;
  return isHeader ? WINDOWS_MACHINES.get(view.getUint16(header + 4, true)) : undefined;
}
