/** The least that a compiled program does: the engine's floor. With an argument, its peak memory. */
const text = Deno.args.length === 0 ? "hello\n" : Deno.readTextFileSync("/proc/self/status");
Deno.stdout.writeSync(new TextEncoder().encode(text));
