import { assertEquals, assertThrows } from "@std/assert";
import { ExitRequest, guardExit } from "../../../src/runtime/launch/process_watch.ts";

/** The exits that guards received, in order. */
function guards(): {
  asked: string[];
  guard: (when: string, concerns?: () => boolean) => Disposable;
} {
  const asked: string[] = [];
  return {
    asked,
    guard: (when, concerns) =>
      guardExit(when, ({ exitCode }) => asked.push(`${exitCode} ${when}`), concerns),
  };
}

Deno.test("guardExit(): passes a call of an old guard to the guard in force", () => {
  const { asked, guard } = guards();
  let isLoading = true;
  using _loading = guard("while loading", () => isLoading);
  const kept = Deno.exit;
  assertThrows(() => kept(1), ExitRequest, "Deno.exit(1) was called while loading");
  isLoading = false;
  using _running = guard("while running");
  assertThrows(() => kept(2), ExitRequest, "Deno.exit(2) was called while running");
  assertEquals(asked, ["1 while loading", "2 while running"]);
});

Deno.test("guardExit(): passes an exit on when the guard is not concerned", () => {
  const { asked, guard } = guards();
  using _outermost = guard("at all");
  using _loading = guard("while loading", () => false);
  const kept = Deno.exit;
  using _running = guard("while running", () => false);
  assertThrows(() => kept(3), ExitRequest, "Deno.exit(3) was called at all");
  assertThrows(() => Deno.exit(4), ExitRequest, "Deno.exit(4) was called at all");
  assertEquals(asked, ["3 at all", "4 at all"]);
});
