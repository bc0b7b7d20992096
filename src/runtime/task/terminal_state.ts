/**
 * When a sensor looks again, or that its time is over.
 *
 * @module
 */
import type { StartupDetails } from "../../protocol/generated.ts";
import { type FailTask, RescheduleTask, type SkipTask } from "../../sdk/ending.ts";
import { nextInterval, type PokeAgain, timedOut } from "../../sdk/poke.ts";
import type { Requester } from "../requester.ts";

/** The ending in the place of "look again", by how often and since when the sensor has looked. */
export async function pokeAgain(
  { rule }: PokeAgain,
  startup: StartupDetails,
  requester: Requester,
): Promise<RescheduleTask | SkipTask | FailTask> {
  const first = await firstStart(startup, requester);
  const now = Temporal.Now.instant();
  const elapsed = Math.max(0, now.since(first).total("seconds"));
  if (elapsed > rule.timeout) return timedOut(rule, elapsed);
  const looks = (startup.ti_context.task_reschedule_count ?? 0) + 1;
  const nanoseconds = Math.round(nextInterval(rule, looks, elapsed) * 1e9);
  return new RescheduleTask(now.add({ nanoseconds }), "not yet");
}

/**
 * When this try first ran. The newer schema date says so at the start; with the older one, Airflow
 * is asked, unless the task was never rescheduled.
 */
async function firstStart(
  { ti, ti_context, start_date }: StartupDetails,
  requester: Requester,
): Promise<Temporal.Instant> {
  if ((ti_context.task_reschedule_count ?? 0) === 0) return start_date;
  const told = ti_context.first_task_reschedule_start_date;
  if (told !== null && told !== undefined) return told;
  const answer = await requester.request({
    type: "GetTaskRescheduleStartDate",
    ti_id: ti.id,
    try_number: ti.try_number,
  });
  return answer.start_date ?? start_date;
}
