// The same as exits_while_loading.mjs, in the words of Node.
import process from "node:process";

process.exit(0);
