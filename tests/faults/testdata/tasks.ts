// What author's code can do to its runtime; see README.md for what becomes of each.
import { sensor, RetryTask, TaskRuntimeError } from "@airflow-deno/task-runtime";
import type { Handler, TaskContext } from "@airflow-deno/task-runtime";
import process from "node:process";
import { hostileFields } from "./hostile_fields.ts";

function aborted({ signal }: TaskContext): Promise<unknown> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(signal.reason)));
}

function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

function spin(): never {
  for (;;) ;
}

/** What a handler asked for and got, or why not. */
async function asked(ctx: TaskContext, key: string): Promise<string> {
  try {
    return await ctx.variables.get(key);
  } catch (error) {
    return error instanceof TaskRuntimeError ? error.code : String(error);
  }
}

const ending: Record<string, Handler> = {
  succeeds: () => {},
  returns: () => "a result",
  looks_again: sensor(() => false),
  succeeds_with_word: (_args, ctx) => {
    // Handed to the socket behind the terminal frame.
    setTimeout(() => ctx.log.info("told"), 0);
  },
  exits_deno: (_args, ctx) => Deno.exit(Number(ctx.dagRun.conf?.["code"])),
  exits_node: (_args, ctx) => process.exit(Number(ctx.dagRun.conf?.["code"])),
  closes_itself: () => close(),
  sets_exit_code: () => {
    Deno.exitCode = 9;
    process.exitCode = 9;
  },
  kills_itself: (_args, ctx) => {
    ctx.log.info("ready");
    Deno.kill(Deno.pid, "SIGKILL");
    spin();
  },
  throws_aside: async () => {
    setTimeout(() => {
      throw new Error("thrown in a timer");
    }, 1);
    await new Promise(() => {});
  },
  rejects_aside: async () => {
    Promise.reject(new Error("never caught"));
    await new Promise(() => {});
  },
  ends_unspeakably: () => {
    throw Object.defineProperty(new RetryTask(), "after", { value: NaN });
  },
  loses_a_worker: async () => {
    const code = encodeURIComponent('throw new Error("never caught")');
    new Worker(`data:text/javascript,${code}`, { type: "module" });
    await new Promise(() => {});
  },
  throws_hostile: () => {
    throw new Proxy({}, {
      getPrototypeOf() {
        throw new Error("hands off");
      },
    });
  },
  throws_unreadable: () => {
    const get = (): never => {
      throw new Error("hands off");
    };
    const names = ["name", "message", "stack", "cause"];
    throw Object.defineProperties(
      new Error("an error"),
      Object.fromEntries(names.map((name) => [name, { get }])),
    );
  },
  fails_later: async (_args, ctx) => {
    void ctx.variables.get("since");
    // Before the reply to what was asked, so that the process is still there.
    setTimeout(() => Deno.exit(7), 0);
    setTimeout(() => {
      throw new Error("thrown after the return");
    }, 0);
    setTimeout(() => Promise.reject(new Error("rejected after the return")), 0);
  },
  blocks: (_args, ctx) => {
    ctx.log.info("ready");
    ctx.log.info("not on its way any more");
    spin();
  },
  never_settles: async (_args, ctx) => {
    ctx.log.info("ready");
    await new Promise(() => {});
  },
  spawns: (_args, ctx) => {
    const child = new Deno.Command("/bin/sleep", { args: [String(ctx.dagRun.conf?.["seconds"])] });
    ctx.log.info("spawned", { child: child.spawn().pid });
  },
  closes_stdout: () => {
    Deno.stdout.close();
    console.log("to the log all the same");
  },
  closes_stderr: () => Deno.stderr.close(),
  closes_both: () => {
    Deno.stdout.close();
    Deno.stderr.close();
  },
  writes_a_file: async () => {
    await Deno.writeTextFile(await Deno.makeTempFile(), "rows");
  },
  loses_its_folder: async () => {
    const folder = await Deno.makeTempDir();
    Deno.chdir(folder);
    await Deno.remove(folder);
  },
  needs_memory: async (_args, ctx) => {
    ctx.log.info("ready");
    await tick();
    const hoard: unknown[] = [];
    for (;;) hoard.push(Array.from({ length: 100_000 }, (_, i) => ({ i })));
  },
};

const asking: Record<string, Handler> = {
  asks: async (_args, ctx) => {
    ctx.log.info("ready");
    return await ctx.variables.get("since");
  },
  asks_and_says_so: async (_args, ctx) => {
    const answer = ctx.variables.get("since");
    ctx.log.info("asked");
    return await answer;
  },
  asks_and_shrugs: async (_args, ctx) => {
    try {
      await ctx.variables.get("since");
    } catch (error) {
      ctx.log.warn("shrugged", { code: error instanceof TaskRuntimeError ? error.code : "none" });
    }
  },
  asks_twice: async (_args, ctx) => [await asked(ctx, "first"), await asked(ctx, "second")],
  asks_at_once: async (_args, ctx) =>
    await Promise.all(["a", "b", "c"].map((key) => asked(ctx, key))),
  asks_and_leaves: (_args, ctx) => {
    void asked(ctx, "since");
  },
  asks_ten_thousand: async (_args, ctx) => {
    const keys = Array.from({ length: 10_000 }, (_, i) => `key ${i}`);
    const values = await Promise.all(keys.map((key) => asked(ctx, key)));
    return values.filter((value, i) => value === `value of ${keys[i]}`).length;
  },
};

const logging: Record<string, Handler> = {
  logs_and_succeeds: async (_args, ctx) => {
    for (let i = 0; i < 1000; i++) {
      ctx.log.info("x".repeat(1000));
      if (i % 100 === 0) await tick();
    }
  },
  logs_last: (_args, ctx) => {
    const lines = Number(ctx.dagRun.conf?.["lines"]);
    for (let i = 0; i < lines; i++) ctx.log.info(`line ${i}`, { filler: "x".repeat(50) });
  },
  logs_mebibytes: async (_args, ctx) => {
    const filler = "x".repeat(8 * 1024 - 128);
    for (let i = 0; i < 128 * Number(ctx.dagRun.conf?.["mebibytes"]); i++) {
      ctx.log.info(`line ${i}`, { filler });
      if (i % 64 === 0) await tick();
    }
    await asked(ctx, "since");
  },
  logs_hostile_fields: (_args, ctx) => {
    for (const [name, fields] of hostileFields()) ctx.log.info(name, fields);
    ctx.log.info("still there");
  },
  leaks: async (_args, ctx) => {
    const { password, extra } = await ctx.connections.get("warehouse");
    const token = await ctx.variables.get("api_token");
    const told = String(ctx.dagRun.conf?.["masked"]);
    await ctx.maskSecret(told);
    const secrets = [password, Object(extra)["passphrase"], token, told].map(String);
    for (const secret of secrets) {
      ctx.log.info(`event ${secret}`, { plain: secret, nested: [{ deep: `a ${secret} b` }] });
      const body = JSON.stringify({ secret: [secret] });
      ctx.log.info(`sent ${body}`, { body, twice: [body] });
      console.log(`sent ${body}`, { body });
      ctx.log.info(`${"x".repeat(256 * 1024 - 5)}${secret}`);
      console.log({ secret }, secret);
      console.error(new Error(`console ${secret}`));
      ctx.log.error("error", new Error(secret, { cause: new AggregateError([secret], secret) }));
      await ctx.setRenderedFields({ sql: [`select '${secret}'`] });
    }
    await ctx.setMapIndexLabel(secrets.join(" "));
    class Revealing extends Error {
      override name = `Revealing ${secrets[0]}`;
    }
    throw new Revealing(`${"y".repeat(480)} ${secrets.join(" ")}`, { cause: secrets });
  },
};

const signalled: Record<string, Handler> = {
  listens: async (_args, ctx) => {
    ctx.log.info("ready");
    const reason = await aborted(ctx);
    ctx.log.info("tidied up");
    throw reason;
  },
  listens_and_returns: async (_args, ctx) => {
    ctx.log.info("ready");
    await aborted(ctx);
    return "what there was time for";
  },
  ignores: async (_args, ctx) => {
    ctx.log.info("ready");
    await aborted(ctx);
    for (let i = 0; i < 1000; i++) ctx.log.info(`still at it ${i}`);
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  },
};

/** By task id. */
export const tasks: Record<string, Handler> = { ...ending, ...asking, ...logging, ...signalled };
