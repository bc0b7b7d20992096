// Tasks for permissions_test.ts that use undeclared permissions.
import { readFileSync } from "node:fs";
import { execSync } from "node:child_process";
import process from "node:process";
import { Bundle, type Handler, TaskHandler } from "@airflow-deno/task-runtime";

/** Returns the result of a worker, which has the permissions of the program. */
function inWorker(code: string): Promise<unknown> {
  const text = `try { postMessage(${code}) } catch (error) { postMessage(error.name) }; close();`;
  const worker = new Worker(`data:text/javascript,${encodeURIComponent(text)}`, { type: "module" });
  return new Promise((resolve) => worker.onmessage = ({ data }) => resolve(data));
}

const tasks: Record<string, Handler> = {
  read: () => Deno.readTextFileSync("/etc/passwd"),
  write: () => Deno.writeTextFileSync("/tmp/airflow-task-runtime-least", ""),
  net: () => fetch("http://127.0.0.1:8899/"),
  unix: () => Deno.connect({ transport: "unix", path: "/tmp/airflow-task-runtime-none" }),
  run: () => new Deno.Command("/bin/true").outputSync(),
  sys: () => Deno.hostname(),
  ffi: () => Deno.dlopen("/lib/x86_64-linux-gnu/libc.so.6", {}),
  kill: () => Deno.kill(Deno.ppid, "SIGCONT"),
  environ: () => Deno.readTextFileSync("/proc/self/environ"),
  parent: () => Deno.readTextFileSync(`/proc/${Deno.ppid}/environ`),
  node_read: () => readFileSync("/etc/passwd", "utf8"),
  shell: () => new Deno.Command("/bin/sh", { args: ["-c", "id"] }).outputSync(),
  node_run: () => {
    try {
      return execSync("/bin/true", { env: {} }).toString();
    } catch {
      return "refused"; // node's module tells no cause
    }
  },
  node_ffi: () => Reflect.apply(process.dlopen, process, [{ exports: {} }, "/tmp/x.node"]),
  symlink: () => Deno.symlinkSync("/etc/passwd", "/tmp/airflow-task-runtime-link"),
  wrapped: () => {
    throw new Error("no rows", { cause: new Deno.errors.NotCapable('Requires net access to "db:5432"') });
  },
  asks: async () => (await Deno.permissions.request({ name: "read" })).state,
  worker: () => inWorker('Deno.readTextFileSync("/etc/passwd")'),
  variables: () => {
    const names = ["AWS_SECRET_ACCESS_KEY", "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"];
    const seen = [
      ...names.map((name) => [Deno.env.get(name), process.env[name], globalThis.process.env[name]]),
      ...names.map((name) => [Deno.env.has(name), name in process.env, Object.hasOwn(process.env, name)]),
      [Deno.env.toObject(), { ...process.env }, Object.entries(process.env)],
      [JSON.stringify(process.env)],
    ];
    return /hunter2|true|AWS_|AIRFLOW__DATABASE/.test(JSON.stringify(seen)) ? seen : "nothing";
  },
  assigned: () => {
    process.env["OWN"] = "1";
    Deno.env.set("OTHER", "2");
    const set = [process.env["OWN"], Deno.env.get("OTHER"), "OWN" in process.env, {
      ...process.env,
    }["OTHER"]];
    delete process.env["OWN"];
    Deno.env.delete("OTHER");
    return [...set, process.env["OWN"], Deno.env.has("OTHER")].map(String);
  },
  own: () => [
    Deno.env.get("PATH") === process.env["PATH"],
    Deno.env.has("NODE_ENV"),
    import.meta.url.startsWith("file://"),
  ],
};
const bundle = new Bundle();
for (const [taskId, handler] of Object.entries(tasks)) {
  bundle.register(new TaskHandler("runtime", taskId, handler));
}
await bundle.serve();
