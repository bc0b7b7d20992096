/**
 * Properties of any name.
 *
 * @module
 */

/**
 * Sets an own property, even under the name whose assignment would change the prototype. Deno leaves
 * that setter out, and `--unstable-unsafe-proto` brings it back.
 */
export function define(record: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== "__proto__") record[key] = value;
  else {
    Object.defineProperty(record, key, {
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }
}
