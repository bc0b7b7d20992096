/**
 * The reply to the Dag processor: the Dags that the bundle defines.
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

/** Follows the file's name in an import error that does not concern all of its Dags. */
const REST = "some of its Dags";

/**
 * Serializes Dags for the Dag processor. Errors of serialization and of loader functions become the
 * file's import error; the other Dags are returned too.
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
  // Airflow deactivates all Dags of a file with an import error, so the error gets another file name
  // if some Dags are valid. Airflow deletes errors of unknown files when it lists the files, and
  // receives this one again at the next parse.
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

/** Returns the path in the Dag bundle, the key of Airflow's import errors. */
function relativeFile({ file, bundle_path: root }: DagFileParseRequest): string {
  const folder = root.endsWith("/") ? root : `${root}/`;
  return file.startsWith(folder) ? file.slice(folder.length) : file;
}

function textOf(thrown: unknown): string {
  try {
    return Array.from(withCauses(thrown), shownAlone).join("\nCaused by: ");
  } catch {
    return "The thrown value cannot be shown";
  }
}

function shownAlone(thrown: unknown): string {
  return Error.isError(thrown)
    ? String(thrown.stack ?? `${thrown.name}: ${thrown.message}`)
    : `A value that is not an Error was thrown: ${String(thrown)}`;
}
