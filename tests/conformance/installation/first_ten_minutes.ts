/**
 * The steps of docs/getting-started.md, run as a user would: from a fresh checkout, with an empty
 * home folder.
 *
 * @module
 */

import { freePort } from "../harness/standalone_settings.ts";
import { TempDir } from "../harness/temp_dir.ts";
import { AIRFLOW_VERSIONS, venvBin } from "../harness/venv.ts";

const ROOT = new URL("../../..", import.meta.url).pathname.replace(/\/$/, "");
/** Files that a fresh clone does not have. */
const MADE_HERE = new Set([".git", ".tools", "dist", ".deno.offline.json"]);
const MARK = "first-ten-minutes: step";

/** The shell blocks of a section of a page, in their order. */
export function shellBlocks(markdown: string, heading: string): string[] {
  const [, section = ""] = markdown.split(`\n## ${heading}\n`);
  const [own = ""] = section.split("\n## ");
  return [...own.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block = ""]) => block);
}

/** The result of the steps. */
export interface Walkthrough {
  /** True if each command succeeded. */
  readonly success: boolean;
  /** The output. */
  readonly output: string;
  /** Seconds that each block took. */
  readonly seconds: readonly number[];
}

/** A fresh checkout in a folder of its own, and the project created next to it. */
export class FreshCheckout implements AsyncDisposable {
  readonly #folder: TempDir;

  private constructor(folder: TempDir) {
    this.#folder = folder;
  }

  /** Copies this checkout like a clone, with the files that setup has fetched. */
  static async make(): Promise<FreshCheckout> {
    const fresh = new FreshCheckout(await TempDir.make());
    const names = (await Array.fromAsync(Deno.readDir(ROOT), ({ name }) => name))
      .filter((name) => !MADE_HERE.has(name));
    await Deno.mkdir(`${fresh.path}/.tools`, { recursive: true });
    await Deno.mkdir(fresh.home);
    await copy(names.map((name) => `${ROOT}/${name}`), fresh.path);
    for (const fetched of ["cache", "deno"]) {
      await Deno.symlink(`${ROOT}/.tools/${fetched}`, `${fresh.path}/.tools/${fetched}`);
    }
    for (const version of AIRFLOW_VERSIONS) {
      const venv = `${fresh.path}/.tools/airflow/${version}`;
      await Deno.mkdir(venv, { recursive: true });
      for (const part of ["bin", "include", "lib", "lib64", "pyvenv.cfg"]) {
        await Deno.symlink(`${venvBin(version)}/../${part}`, `${venv}/${part}`);
      }
      // These tell scripts/setup_airflow that there is nothing to install.
      await Deno.writeTextFile(`${venv}/ready`, `${version} ${fresh.path}\n`);
      await Deno.writeTextFile(`${venv}/msgpack`, await wantedMsgpack());
    }
    return fresh;
  }

  /** The path of the checkout. */
  get path(): string {
    return `${this.#folder.path}/checkout`;
  }

  /** The empty home folder. */
  get home(): string {
    return `${this.#folder.path}/home`;
  }

  /** The path of the project that the steps create next to the checkout. */
  get project(): string {
    return `${this.#folder.path}/hello`;
  }

  /** Runs blocks in one shell, which exits at the first command that fails. */
  async follow(blocks: readonly string[], signal: AbortSignal): Promise<Walkthrough> {
    const script = blocks.map((block) => `${block}echo "${MARK} \$SECONDS"\n`).join("");
    // To a file, because background processes would keep a pipe open.
    const log = `${this.#folder.path}/output`;
    const { success } = await new Deno.Command("bash", {
      args: ["-c", `exec >"$0" 2>&1; set -euo pipefail\n${script}`, log],
      cwd: this.path,
      clearEnv: true,
      env: this.#environment(),
      stdin: "null",
      signal,
    }).output();
    const text = await Deno.readTextFile(log);
    const ends = [...text.matchAll(new RegExp(`^${MARK} (\\d+)$`, "gm"))].map(([, s]) => Number(s));
    const seconds = ends.map((end, i) => end - (ends[i - 1] ?? 0));
    return { success, output: text, seconds };
  }

  /** A user's environment, but with free ports and long timeouts for a busy machine. */
  #environment(): Record<string, string> {
    const kept = ["LANG", "TERM", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"].flatMap((name) => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value]];
    });
    const ours = (folder: string): boolean => folder.startsWith(`${ROOT}/`);
    const path = (Deno.env.get("PATH") ?? "").split(":").filter((folder) => !ours(folder));
    const port = String(freePort());
    return {
      ...Object.fromEntries(kept),
      PATH: path.join(":"),
      HOME: this.home,
      NO_COLOR: "1",
      AIRFLOW__API__PORT: port,
      AIRFLOW__API__BASE_URL: `http://localhost:${port}`,
      AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT: String(freePort()),
      AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT: String(freePort()),
      AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT: "60",
      AIRFLOW__USAGE_DATA_COLLECTION__ENABLED: "False",
    };
  }

  /** The processes of the Airflow that was started, by id. */
  async airflow(): Promise<number[]> {
    const session = await Deno.readTextFile(`${this.project}/dist/airflow/pid`).catch(() => "");
    if (session === "") return [];
    const found: number[] = [];
    for await (const { name } of Deno.readDir("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      const stat = await Deno.readTextFile(`/proc/${name}/stat`).catch(() => "");
      // The fields after the name, which may contain anything: state, parent, group, session.
      const [state, , , of] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (of === session.trim() && state !== "Z") found.push(Number(name));
    }
    return found;
  }

  /** Kills the remaining processes of Airflow and removes the files. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const id of await this.airflow()) {
      try {
        Deno.kill(id, "SIGKILL");
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
    await this.#folder[Symbol.asyncDispose]();
  }
}

async function copy(paths: readonly string[], to: string): Promise<void> {
  const { success } = await new Deno.Command("cp", { args: ["-R", ...paths, to] }).output();
  if (!success) throw new Error(`Cannot copy the checkout to ${to}`);
}

async function wantedMsgpack(): Promise<string> {
  const script = await Deno.readTextFile(`${ROOT}/scripts/setup_airflow`);
  return `${/^readonly msgpack=(.*)$/m.exec(script)?.[1] ?? ""}\n`;
}
