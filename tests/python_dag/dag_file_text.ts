import { type PythonDagFile, readDagFiles } from "../../src/python_dag/dag_file.ts";
import { TaskRuntimeError } from "../../src/error.ts";

/** Reads a Dag file with this text, whose path is reported as `dag.py`. */
export async function readDagText(text: string | Uint8Array<ArrayBuffer>): Promise<PythonDagFile> {
  const path = await Deno.makeTempFile({ suffix: ".py" });
  try {
    await Deno.writeFile(path, typeof text === "string" ? new TextEncoder().encode(text) : text);
    const [file] = await readDagFiles([path]);
    if (file === undefined) throw new Error("readDagFiles() returned nothing");
    return { ...file, path: "dag.py" };
  } catch (error) {
    if (!(error instanceof TaskRuntimeError)) throw error;
    throw new TaskRuntimeError(error.code, error.message.replace(path, "dag.py"));
  } finally {
    await Deno.remove(path);
  }
}
