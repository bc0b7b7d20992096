/**
 * `ctx.setRenderedFields()` and `ctx.setMapIndexLabel()`, which change Airflow's UI.
 *
 * @module
 */
import type { Completion } from "../task/completion.ts";
import { checkJsonObject, invalid } from "./json_check.ts";
import type { Requester } from "../requester.ts";

/** The width of Airflow's column, in characters. */
const MAX_LABEL = 250;

/** Sends the fields that the page of the task shows. */
export async function setRenderedFields(
  requester: Requester,
  fields: Readonly<Record<string, unknown>>,
): Promise<void> {
  checkJsonObject("set the rendered fields", fields);
  await requester.request({ type: "SetRenderedFields", rendered_fields: fields });
}

/** Sends the label, and keeps it for the terminal message, which would delete it otherwise. */
export async function setMapIndexLabel(
  requester: Requester,
  completion: Completion,
  label: string,
): Promise<void> {
  if (typeof label !== "string" || label.length < 1 || label.length > MAX_LABEL) {
    throw invalid(
      "set the label of the map index",
      `the label must be a text of 1 to ${MAX_LABEL} characters`,
    );
  }
  await requester.request({ type: "SetRenderedMapIndex", rendered_map_index: label });
  completion.mapIndexLabel = label;
}
