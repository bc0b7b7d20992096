// A bundle that would end the process from a timer, before it serves.
await new Promise(() => setTimeout(() => Deno.exit(0), 1));
