/**
 * What Airflow answers to a task that asks a human.
 *
 * @module
 */

import type { CreateHITLDetailPayload } from "../../protocol/generated.ts";
import { type AnswerState, ofItself } from "./answer_state.ts";
import { type Reply, result, unprocessable } from "./reply.ts";

/**
 * Answers CreateHITLDetailPayload. Seen: params, multiple and assigned_users may be null for the
 * supervisor, but the API server takes no null.
 */
export function createHitl(request: CreateHITLDetailPayload, state: AnswerState): Reply {
  const { ti_id, options, subject, body, defaults, params, assigned_users } = request;
  const multiple = request.multiple === undefined ? false : request.multiple;
  return ofItself(ti_id, state, () => {
    if (!params) return unprocessable("params", "params must be an object");
    if (!assigned_users) return unprocessable("assigned_users", "assigned_users must be a list");
    if (multiple === null) return unprocessable("multiple", "multiple must be a boolean");
    const { dagId, runId, taskId, mapIndex } = state.task;
    const asked = {
      options,
      subject,
      body: body ?? null,
      defaults: defaults ?? null,
      multiple,
      params,
    };
    state.store.setHitl({
      dagId,
      runId,
      taskId,
      mapIndex,
      ...asked,
      assignedUsers: assigned_users,
    });
    return result("HITLDetailRequestResult", { ti_id, ...asked, assigned_users });
  });
}
