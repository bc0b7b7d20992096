/**
 * Which target an executable is for, by its own first bytes.
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

/** The target of an executable whose first bytes these are (20 are enough), if known. */
export function targetOf(bytes: Uint8Array): string | undefined {
  if (bytes.length < 20) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0);
  if (magic === 0x7f454c46) return MACHINES.get(view.getUint16(18, true));
  if (magic === 0xcffaedfe) return CPUS.get(view.getUint32(4, true));
  return undefined;
}
