// A bundle that ends the process before it serves.
import process from "node:process";

if (Deno.env.get("FAULTS_EXIT") === "node") process.exit(0);
Deno.exit(0);
