/**
 * The Dag processor's question: which Dags does this bundle define?
 *
 * @module
 */
import type {
  DagFileParseRequest,
  DagFileParsingResult,
  LazyDeserializedDAG,
} from "../../protocol/generated.ts";
import { withCauses } from "../task/failure.ts";
import type { DagPart } from "./dag_part.ts";

/** What follows the file's name where an import error is not of all its Dags. */
const REST = "some of its Dags";

/**
 * The answer: each Dag serialized; what cannot be, and what files threw, as the file's import error,
 * beside which the other Dags stand.
 */
export async function parse(
  request: DagFileParseRequest,
  dags: Iterable<DagPart>,
  thrown: readonly unknown[] = [],
): Promise<DagFileParsingResult> {
  const location = { file: request.file, relativeFile: relativeFile(request) };
  const serialized: LazyDeserializedDAG[] = [];
  const problems = thrown.map(textOf);
  for (const dag of dags) {
    try {
      serialized.push({ data: await dag.serialize(location) });
    } catch (error) {
      problems.push(textOf(error));
    }
  }
  // Airflow deactivates all Dags of the file that has an import error: those that are well must not
  // be of that file. It forgets an error of a file that it does not find whenever it looks for new
  // files, and has it again from the next parse.
  const place = serialized.length === 0
    ? location.relativeFile
    : `${location.relativeFile} (${REST})`;
  return {
    type: "DagFileParsingResult",
    fileloc: request.file,
    serialized_dags: serialized,
    warnings: [],
    import_errors: problems.length === 0 ? {} : { [place]: problems.join("\n\n").toWellFormed() },
  };
}

/** Airflow keeps import errors by the file's path within its Dag bundle. */
function relativeFile({ file, bundle_path: root }: DagFileParseRequest): string {
  const folder = root.endsWith("/") ? root : `${root}/`;
  return file.startsWith(folder) ? file.slice(folder.length) : file;
}

function textOf(thrown: unknown): string {
  try {
    return Array.from(withCauses(thrown), shownAlone).join("\nCaused by: ");
  } catch {
    return "Something was thrown that cannot be shown";
  }
}

function shownAlone(thrown: unknown): string {
  return Error.isError(thrown)
    ? String(thrown.stack ?? `${thrown.name}: ${thrown.message}`)
    : `Something was thrown: ${String(thrown)}`;
}
