/**
 * `ctx.setRenderedFields()` and `ctx.setMapIndexLabel()`: what Airflow's UI shows of the task.
 *
 * @module
 */
import type { Completion } from "../task/completion.ts";
import { checkJsonObject, invalid } from "./json_check.ts";
import type { Requester } from "../requester.ts";

/** Airflow's column is as wide, in characters. */
const MAX_LABEL = 250;

/** Shows `fields` on the task's page, under "Rendered Templates". */
export async function setRenderedFields(
  requester: Requester,
  fields: Readonly<Record<string, unknown>>,
): Promise<void> {
  checkJsonObject("set the rendered fields", fields);
  await requester.request({ type: "SetRenderedFields", rendered_fields: fields });
}

/** Shows `label` in place of the map index, now and after the end. */
export async function setMapIndexLabel(
  requester: Requester,
  completion: Completion,
  label: string,
): Promise<void> {
  if (typeof label !== "string" || label.length < 1 || label.length > MAX_LABEL) {
    throw invalid(
      "set the label of the map index",
      `it must be a text of 1 to ${MAX_LABEL} characters`,
    );
  }
  await requester.request({ type: "SetRenderedMapIndex", rendered_map_index: label });
  completion.mapIndexLabel = label;
}
