/**
 * The Dag processor's question: which Dags does this bundle define?
 *
 * @module
 */
import type { DagFileParseRequest, DagFileParsingResult } from "../protocol/generated.ts";

/** The answer of a bundle that only handles tasks: no Dag. */
export function parse(request: DagFileParseRequest): DagFileParsingResult {
  return {
    type: "DagFileParsingResult",
    fileloc: request.file,
    serialized_dags: [],
    warnings: [],
    import_errors: {},
  };
}

/** The answer of a bundle that could not be loaded: an import error with the stack. */
export function parseFailed(request: DagFileParseRequest, error: Error): DagFileParsingResult {
  const text = error.stack ?? `${error.name}: ${error.message}`;
  return { ...parse(request), import_errors: { [request.file]: text.toWellFormed() } };
}
