/**
 * The differences between a bundle and its Python Dag files.
 *
 * @module
 */
import type { BundleMetadata, ParameterMetadata } from "../bundle/metadata.ts";
import { annotationOf } from "./annotation.ts";
import type { PythonDag, PythonDagFile, StubTask } from "./dag_file.ts";
import { nearest } from "./spelling.ts";

/** One difference. */
export interface Difference {
  /** `FILE:LINE`, or the path of the bundle. */
  readonly place: string;
  /** The Dag. */
  readonly dagId: string;
  /** The task; undefined if the difference is about the whole Dag. */
  readonly taskId?: string;
  /** The difference, with the name that was probably meant. */
  readonly text: string;
}

/** A bundle and the Dag files to compare it with. */
export interface Comparison {
  /** The bundle. */
  readonly bundle: Pick<BundleMetadata, "dags">;
  /** Its path as given. */
  readonly path: string;
  /** The Dag files. */
  readonly files: readonly PythonDagFile[];
  /** The queue that routes tasks to the bundle. */
  readonly queue: string;
}

/** Returns all differences: first by file and line, then the Dags that no file has. */
export function compare({ bundle, path, files, queue }: Comparison): Difference[] {
  const wanted = new Map(Object.entries(bundle.dags));
  const found = files.flatMap((file) => file.dags.map((dag) => ({ file: file.path, dag })));
  const absent = [...wanted.keys()].filter((dagId) =>
    !found.some(({ dag }) => dag.dagId === dagId)
  );
  const meant = new Set<string>();
  const differences = found.flatMap(({ file, dag }): Difference[] => {
    const handlers = wanted.get(dag.dagId);
    if (handlers !== undefined) {
      const rules = { ...handlers, queue, path, file };
      return compareTasks(dag, rules);
    }
    const near = nearest(dag.dagId, absent);
    if (near !== undefined) meant.add(near);
    const text = `the bundle has no Dag "${dag.dagId}"${didYouMean(near)}`;
    return [{ place: `${file}:${dag.line}`, dagId: dag.dagId, text }];
  });
  const missing = absent.filter((dagId) => !meant.has(dagId)).map((dagId) => {
    const count = wanted.get(dagId)?.tasks.length ?? 0;
    const text = `no Dag file has Dag "${dagId}" (tasks in the bundle: ${count})`;
    return { place: path, dagId, text };
  });
  return [...differences, ...missing];
}

interface Rules {
  readonly tasks: readonly string[];
  readonly parameters?: Readonly<Record<string, readonly ParameterMetadata[]>>;
  readonly queue: string;
  readonly path: string;
  readonly file: string;
}

function compareTasks(dag: PythonDag, rules: Rules): Difference[] {
  const { dagId } = dag;
  const stubs = new Set(dag.tasks.map(({ taskId }) => taskId));
  const absent = rules.tasks.filter((taskId) => !stubs.has(taskId));
  const meant = new Set<string>();
  const found = dag.tasks.flatMap((stub): Difference[] => {
    const { taskId } = stub;
    const place = `${rules.file}:${stub.line}`;
    const parameters = Object.entries(rules.parameters ?? {}).find(([id]) => id === taskId)?.[1];
    const texts = [
      ...compareQueue(stub, rules.queue),
      ...(parameters === undefined ? [] : compareParameters(stub, parameters)),
    ];
    if (!rules.tasks.includes(taskId)) {
      const near = nearest(taskId, absent);
      if (near !== undefined) meant.add(near);
      texts.unshift(`the bundle has no handler for task "${taskId}"${didYouMean(near)}`);
    }
    return texts.map((text) => ({ place, dagId, taskId, text }));
  });
  const missing = absent.filter((taskId) => !meant.has(taskId)).map((taskId) => ({
    place: `${rules.file}:${dag.line}`,
    dagId,
    taskId,
    text: `the Dag has no stub for task "${taskId}" of the bundle`,
  }));
  return [...found, ...missing];
}

function compareQueue({ taskId, queue }: StubTask, wanted: string): string[] {
  if (queue === null || queue === wanted) return [];
  const is = queue === undefined ? "has no queue" : `has queue "${queue}"`;
  return [`task "${taskId}" ${is}; expected "${wanted}"`];
}

function compareParameters(
  { taskId, parameters }: StubTask,
  declared: readonly ParameterMetadata[],
): string[] {
  const names = declared.map(({ name }) => name);
  const given = parameters.map(({ name }) => name);
  const absent = names.filter((name) => !given.some((one) => isSame(one, name)));
  const meant = new Set<string>();
  const found = parameters.flatMap(({ name, annotation }): string[] => {
    const fits = declared.find((one) => isSame(name, one.name));
    if (fits === undefined) {
      const near = nearest(name, absent);
      if (near !== undefined) meant.add(near);
      return [`the handler of task "${taskId}" has no parameter "${name}"${didYouMean(near)}`];
    }
    const [is, wanted] = [bareType(annotation), bareType(annotationOf(fits.schema))];
    if (is === undefined || wanted === undefined || is === wanted) return [];
    if (is === "int" && wanted === "float") return [];
    return [
      `parameter "${name}" of task "${taskId}" has type ${is}; the handler expects ${wanted}`,
    ];
  });
  const missing = declared
    .filter(({ name, required }) => required && absent.includes(name) && !meant.has(name))
    .map(({ name }) =>
      `the stub of task "${taskId}" has no parameter "${name}", which the handler requires`
    );
  return [...found, ...missing];
}

/** A handler may declare `batchSize` for the Python parameter `batch_size`. */
function isSame(python: string, declared: string): boolean {
  const camel = python.replace(/(?<=[^_])_+([\p{L}\p{N}])/gu, (_all, letter: string) => {
    return letter.toUpperCase();
  });
  return python === declared || camel === declared;
}

const BARE = new Set(["str", "int", "float", "bool", "list", "dict"]);

/** Returns the only built-in type of an annotation besides None; undefined for any other one. */
function bareType(annotation: string | undefined): string | undefined {
  const parts = annotation?.replaceAll(/\[.*\]|\s/g, "").split("|")
    .filter((part) => part !== "None") ?? [];
  const [only] = parts;
  return parts.length === 1 && only !== undefined && BARE.has(only) ? only : undefined;
}

function didYouMean(near: string | undefined): string {
  return near === undefined ? "" : `; did you mean "${near}"?`;
}
