/**
 * The work as tasks of the npm package apache-airflow-ts-sdk, which the caller passes.
 *
 * That SDK has no logger for authors: they print, and Airflow logs each line of stdout.
 *
 * @module
 */
import process from "node:process";
import { type Row, TASKS } from "../work.ts";

/** The argument of a handler. */
interface HandlerArgs {
  readonly client: {
    getVariable(key: string): Promise<string | null>;
    setXCom(options: { key: string; value: string | Row[] }): Promise<void>;
    getXCom(options: { key: string; taskId: string }): Promise<unknown>;
  };
}

interface Dag {
  task(taskId: string, handler: (args: HandlerArgs) => Promise<void>): unknown;
}

/** The part of the SDK that the tasks use. */
export interface Sdk<D extends Dag, R> {
  /** Makes a Dag. */
  readonly Dag: new (dagId: string) => D;
  /** Makes the registry of Dags. */
  readonly DagRegistry: new (...dags: D[]) => R;
  /** Serves one launch. */
  serveDags(registry: R): Promise<void>;
}

/** Serves the launch of this process. */
export async function serve<D extends Dag, R>(sdk: Sdk<D, R>): Promise<void> {
  const dag = new sdk.Dag("bench");
  for (const [taskId, work] of Object.entries(TASKS)) {
    dag.task(taskId, ({ client }) =>
      work({
        variable: (key) => client.getVariable(key),
        push: (key, value) => client.setXCom({ key, value }),
        pull: (key) => client.getXCom({ key, taskId: "upstream" }),
        log: (line) => process.stdout.write(`${line}\n`),
      }));
  }
  await sdk.serveDags(new sdk.DagRegistry(dag));
}
