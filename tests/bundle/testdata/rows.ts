export function rows(): number {
  return 42;
}
