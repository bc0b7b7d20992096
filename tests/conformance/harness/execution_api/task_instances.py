"""Routes on the running task instance: start, heartbeat, its end, and what it asks about others."""

from __future__ import annotations

from typing import Annotated, get_args

from airflow.api_fastapi.execution_api.datamodels import taskinstance as models
from pydantic import Discriminator

from execution_api.api import ApiError, Call, Reply, Route, not_found
from execution_api.state import State

TI = r"task-instances/([0-9a-f-]{36})"

# FastAPI reads TIStateUpdate as it stands; pydantic alone needs the function in a Discriminator.
StateUpdate = Annotated[
    get_args(models.TIStateUpdate)[0], Discriminator(models.ti_state_discriminator)
]


def run(state: State, call: Call, ti_id: str) -> Reply:
    """Queued becomes running; the answer is what StartupDetails carries as ti_context."""
    _check_ti(state, ti_id)
    payload = call.parse(models.TIEnterRunningPayload)
    if state.ti_state != "queued":
        raise _invalid_state(state, "TI was not in a state where it could be marked as running")
    state.ti_state = "running"
    state.pid, state.hostname = payload.pid, payload.hostname
    own = (state.dag_id, state.run_id, state.task_id)
    context = {
        "dag_run": state.full_dag_run(),
        "task_reschedule_count": 0,
        "max_tries": state.max_tries,
        "variables": [],
        "connections": [],
        "xcom_keys_to_clear": [
            key[3] for key in state.xcoms if key[:3] == own and key[4] == state.map_index
        ],
        "should_retry": state.should_retry,
    }
    if state.ti_context.get("next_method"):
        context["xcom_keys_to_clear"] = []
    return Reply(models.TIRunContext.model_validate(context | state.ti_context))


def update_state(state: State, call: Call, ti_id: str) -> Reply:
    """The end of a run. Only a running task instance may end, and only in one of the states."""
    _check_ti(state, ti_id)
    payload = call.parse(StateUpdate)
    new_state = str(getattr(payload.state, "value", payload.state))
    if new_state == "server_terminated":
        return Reply(status=204)
    if state.ti_state == new_state == "success":
        return Reply(status=204)
    if state.ti_state != "running":
        raise _invalid_state(state, "TI was not in the running state so it cannot be updated")
    state.ti_state = new_state
    state.ti_row = payload.model_dump(mode="json")
    return Reply(status=204)


def heartbeat(state: State, call: Call, ti_id: str) -> Reply:
    """Alive; 409 once the task instance is no longer running or runs elsewhere."""
    _check_ti(state, ti_id)
    payload = call.parse(models.TIHeartbeatInfo)
    if (payload.hostname, payload.pid) != (state.hostname, state.pid):
        raise ApiError(409, {"reason": "running_elsewhere"})
    if state.ti_state != "running":
        raise ApiError(409, {"reason": "not_running", "current_state": state.ti_state})
    return Reply(status=204)


def skip_downstream(state: State, call: Call, ti_id: str) -> Reply:
    """Mark tasks downstream as skipped."""
    _check_ti(state, ti_id)
    payload = call.parse(models.TISkippedDownstreamTasksStatePayload)
    state.skipped.extend(payload.model_dump(mode="json")["tasks"])
    return Reply(status=204)


def set_note(state: State, call: Call, ti_id: str) -> Reply:
    """Update the note of the Dag run (3.4)."""
    _check_ti(state, ti_id)
    note = call.parse(models.DagRunNoteUpdatePayload).note
    if note is not None:
        state.note = note or None
    return Reply(status=204)


def set_rendered_fields(state: State, call: Call, ti_id: str) -> Reply:
    """Rendered template fields and map index: accepted, not kept."""
    _check_ti(state, ti_id)
    return Reply({"message": "ok"}, 201 if call.method == "PUT" else 200)


def previous_successful(state: State, call: Call, ti_id: str) -> Reply:
    """Dates of the Dag's last successful run before this one, if there is one."""
    _check_ti(state, ti_id)
    names = ("data_interval_start", "data_interval_end", "start_date", "end_date")
    for row in reversed(state.dag_runs):
        if row["dag_id"] == state.dag_id and row.get("state") == "success":
            return Reply({name: row.get(name) for name in names})
    return Reply(dict.fromkeys(names))


def reschedule_start(state: State, call: Call, ti_id: str) -> Reply:
    """When the task was first rescheduled."""
    _check_ti(state, ti_id)
    return Reply(state.ti_context.get("first_task_reschedule_start_date"))


def count(state: State, call: Call) -> Reply:
    """How many task instances match."""
    return Reply(len(_matching(state, call)))


def states(state: State, call: Call) -> Reply:
    """States by run and by task (``task_mapindex`` for a mapped one)."""
    answer: dict[str, dict[str, str | None]] = {}
    for row in _matching(state, call):
        index = row.get("map_index", -1)
        name = row["task_id"] if index < 0 else f"{row['task_id']}_{index}"
        answer.setdefault(row.get("run_id", state.run_id), {})[name] = row.get("state")
    return Reply({"task_states": answer})


def previous(state: State, call: Call, dag_id: str, task_id: str) -> Reply:
    """The task's instance in the run before, or null."""
    rows = [
        row
        for row in state.task_instances
        if row.get("dag_id", state.dag_id) == dag_id
        and row["task_id"] == task_id
        and row.get("run_id", state.run_id) != state.run_id
        and call.query.get("state") in (None, row.get("state"))
    ]
    if not rows:
        return Reply(None)
    row = {"dag_id": dag_id, "map_index": -1, "try_number": 1} | rows[-1]
    return Reply(models.PreviousTIResponse.model_validate(row))


def breadcrumbs(state: State, call: Call) -> Reply:
    """Task instances of a Dag run in brief."""
    return Reply({"breadcrumbs": _matching(state, call)})


def _matching(state: State, call: Call) -> list[dict]:
    def wanted(name: str, value: object) -> bool:
        filter_ = call.query.get(name)
        return filter_ is None or str(value) in (
            filter_ if isinstance(filter_, list) else [filter_]
        )

    return [
        row
        for row in state.task_instances
        if wanted("dag_id", row.get("dag_id", state.dag_id))
        and wanted("task_ids", row["task_id"])
        and wanted("run_ids", row.get("run_id", state.run_id))
        and wanted("run_id", row.get("run_id", state.run_id))
        and wanted("states", row.get("state"))
        and wanted("map_index", row.get("map_index", -1))
    ]


def _check_ti(state: State, ti_id: str) -> None:
    if ti_id != str(state.ti_id):
        raise not_found("Task Instance not found")


def _invalid_state(state: State, message: str) -> ApiError:
    detail = {"reason": "invalid_state", "message": message, "previous_state": state.ti_state}
    return ApiError(409, detail)


ROUTES: list[Route] = [
    ("PATCH", rf"{TI}/run", run),
    ("PATCH", rf"{TI}/state", update_state),
    ("PUT", rf"{TI}/heartbeat", heartbeat),
    ("PATCH", rf"{TI}/skip-downstream", skip_downstream),
    ("PATCH", rf"{TI}/dag-run-note", set_note),
    ("PUT", rf"{TI}/rtif", set_rendered_fields),
    ("PATCH", rf"{TI}/rendered-map-index", set_rendered_fields),
    ("GET", rf"{TI}/previous-successful-dagrun", previous_successful),
    ("GET", r"task-reschedules/([0-9a-f-]{36})/start_date", reschedule_start),
    ("GET", r"task-instances/count", count),
    ("GET", r"task-instances/states", states),
    ("GET", r"task-instances/breadcrumbs", breadcrumbs),
    ("GET", r"task-instances/previous/([^/]+)/([^/]+)", previous),
]
