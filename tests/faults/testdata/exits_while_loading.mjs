// A bundle that ends the process before it serves.
Deno.exit(0);
