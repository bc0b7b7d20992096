// Tasks for permissions_test.ts that use declared permissions.
import process from "node:process";
import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";

const bundle = new Bundle({
  permissions: {
    env: ["API_TOKEN", "SHOP_*"],
    read: ["/etc"],
    run: ["/usr/bin/env"],
    net: ["127.0.0.1"],
  },
}).register(
  new TaskHandler("runtime", "read", () => Deno.readTextFileSync("/etc/passwd").length > 0),
  new TaskHandler("runtime", "env", () => [Deno.env.get("API_TOKEN"), process.env["SHOP_REGION"]]),
  new TaskHandler("runtime", "environ", () => Deno.readTextFileSync("/proc/self/environ")),
  new TaskHandler("runtime", "net", async () => {
    const port = Number(Deno.env.get("SHOP_PORT"));
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  }),
  new TaskHandler("runtime", "child", () => {
    const { stdout } = new Deno.Command("/usr/bin/env").outputSync();
    return new TextDecoder().decode(stdout).includes("hunter2");
  }),
  new TaskHandler("runtime", "clean_child", () => {
    const { PATH = "" } = process.env;
    const command = new Deno.Command("/usr/bin/env", { clearEnv: true, env: { PATH } });
    return new TextDecoder().decode(command.outputSync().stdout) === `PATH=${PATH}\n`;
  }),
  new TaskHandler("runtime", "other_file", () => Deno.readTextFileSync("/proc/version")),
  new TaskHandler("runtime", "other_host", () => fetch("http://127.0.0.2:8899/")),
  new TaskHandler("runtime", "other_program", () => new Deno.Command("/bin/true").outputSync()),
  new TaskHandler("runtime", "write", () => Deno.writeTextFileSync("/tmp/x", "")),
);
await bundle.serve();
