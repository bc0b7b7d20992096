"""Routes on Dags and Dag runs."""

from __future__ import annotations

from typing import Any

from airflow.api_fastapi.execution_api.datamodels.dagrun import (
    DagRunStateResponse,
    TriggerDAGRunPayload,
)
from airflow.api_fastapi.execution_api.datamodels.dags import DagResponse
from airflow.api_fastapi.execution_api.datamodels.taskinstance import DagRun

from execution_api.api import ApiError, Call, Reply, Route, not_found
from execution_api.state import State, complete_dag_run


def get(state: State, call: Call, dag_id: str, run_id: str) -> Reply:
    """A Dag run in full."""
    return Reply(DagRun.model_validate(_find(state, dag_id, run_id)))


def get_state(state: State, call: Call, dag_id: str, run_id: str) -> Reply:
    """A Dag run's state."""
    return Reply(DagRunStateResponse(state=_find(state, dag_id, run_id)["state"]))


def trigger(state: State, call: Call, dag_id: str, run_id: str) -> Reply:
    """Start a run: 409 if its run_id is taken."""
    payload = call.parse(TriggerDAGRunPayload)
    if any((row["dag_id"], row["run_id"]) == (dag_id, run_id) for row in _all(state)):
        raise ApiError(
            409,
            {
                "reason": "already_exists",
                "message": f"A run already exists for {dag_id} with {run_id}",
            },
        )
    given = payload.model_dump(mode="json", exclude={"reset_dag_run"}, exclude_none=True)
    state.dag_runs.append({"dag_id": dag_id, "run_id": run_id, "state": "queued"} | given)
    return Reply(status=204)


def clear(state: State, call: Call, dag_id: str, run_id: str) -> Reply:
    """Reset a run."""
    _find(state, dag_id, run_id)
    for row in state.dag_runs:
        if (row["dag_id"], row["run_id"]) == (dag_id, run_id):
            row["state"] = "queued"
    return Reply(status=204)


def count(state: State, call: Call) -> Reply:
    """How many runs match."""

    def wanted(name: str, value: Any) -> bool:
        filter_ = call.query.get(name)
        return filter_ is None or value in (filter_ if isinstance(filter_, list) else [filter_])

    return Reply(
        sum(
            wanted("dag_id", row["dag_id"])
            and wanted("run_ids", row["run_id"])
            and wanted("states", row["state"])
            for row in _all(state)
        )
    )


def previous(state: State, call: Call) -> Reply:
    """The run before a logical date, or null."""
    rows = [
        row
        for row in _all(state)
        if row["dag_id"] == call.query["dag_id"]
        and (row["logical_date"] or "") < call.query["logical_date"]
        and call.query.get("state") in (None, row["state"])
    ]
    return Reply(DagRun.model_validate(rows[-1]) if rows else None)


def get_dag(state: State, call: Call, dag_id: str) -> Reply:
    """A Dag."""
    if dag_id not in state.dags:
        raise not_found(f"The Dag with dag_id: `{dag_id}` was not found")
    row = {
        "dag_id": dag_id,
        "is_paused": False,
        "bundle_name": "dags",
        "bundle_version": None,
        "relative_fileloc": "dag.py",
        "owners": "airflow",
        "tags": [],
        "next_dagrun": None,
    } | state.dags[dag_id]
    return Reply(DagResponse.model_validate(row))


def _all(state: State) -> list[dict[str, Any]]:
    return [state.full_dag_run(), *(complete_dag_run(row) for row in state.dag_runs)]


def _find(state: State, dag_id: str, run_id: str) -> dict[str, Any]:
    for row in _all(state):
        if (row["dag_id"], row["run_id"]) == (dag_id, run_id):
            return row
    raise not_found(f"The DagRun with dag_id: `{dag_id}` and run_id: `{run_id}` was not found")


ROUTES: list[Route] = [
    ("GET", r"dag-runs/count", count),
    ("GET", r"dag-runs/previous", previous),
    ("GET", r"dag-runs/([^/]+)/([^/]+)/state", get_state),
    ("POST", r"dag-runs/([^/]+)/([^/]+)/clear", clear),
    ("GET", r"dag-runs/([^/]+)/([^/]+)", get),
    ("POST", r"dag-runs/([^/]+)/([^/]+)", trigger),
    ("GET", r"dags/([^/]+)", get_dag),
]
