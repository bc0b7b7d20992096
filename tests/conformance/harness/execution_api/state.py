"""The state of the in-memory Execution API: one task instance and its environment."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

XComKey = tuple[str, str, str, str, int]
"""dag_id, run_id, task_id, key, map_index"""


@dataclass
class State:
    """The rows that Airflow's database would hold for one task run."""

    dag_id: str
    task_id: str
    run_id: str
    map_index: int
    try_number: int
    max_tries: int
    should_retry: bool
    ti_id: uuid.UUID = field(default_factory=uuid.uuid4)
    ti_state: str = "queued"
    ti_row: dict[str, Any] = field(default_factory=dict)
    pid: int | None = None
    hostname: str | None = None
    dag_run: dict[str, Any] = field(default_factory=dict)
    ti_context: dict[str, Any] = field(default_factory=dict)
    connections: dict[str, dict[str, Any]] = field(default_factory=dict)
    variables: dict[str, str | None] = field(default_factory=dict)
    xcoms: dict[XComKey, Any] = field(default_factory=dict)
    task_store: dict[str, Any] = field(default_factory=dict)
    asset_store: dict[tuple[str, str], Any] = field(default_factory=dict)
    assets: list[dict[str, Any]] = field(default_factory=list)
    asset_aliases: dict[str, list[str]] = field(default_factory=dict)
    asset_events: list[dict[str, Any]] = field(default_factory=list)
    dag_runs: list[dict[str, Any]] = field(default_factory=list)
    dags: dict[str, dict[str, Any]] = field(default_factory=dict)
    task_instances: list[dict[str, Any]] = field(default_factory=list)
    hitl: dict[str, Any] | None = None
    skipped: list[Any] = field(default_factory=list)
    note: str | None = None

    @classmethod
    def of(cls, command: dict[str, Any]) -> State:
        """Build the state from a ``run`` command of the harness."""
        given = {name: command[name] for name in _GIVEN if command.get(name) is not None}
        try_number = command.get("try_number", 1)
        max_tries = command.get("max_tries", 0)
        state = cls(
            dag_id=command["dag_id"],
            task_id=command["task_id"],
            run_id=command.get("run_id", "manual__2026-01-01T00:00:00+00:00"),
            map_index=command.get("map_index", -1),
            try_number=try_number,
            max_tries=max_tries,
            # Airflow's own rule: max_tries counts the retries, try_number starts at 1.
            should_retry=command.get("should_retry", max_tries != 0 and try_number <= max_tries),
            **given,
        )
        for row in command.get("xcoms", []):
            state.xcoms[state.xcom_key(row)] = row["value"]
        for row in command.get("asset_store", []):
            state.asset_store[(row["name"], row["key"])] = row["value"]
        return state

    def xcom_key(self, row: dict[str, Any]) -> XComKey:
        """Complete an XCom's coordinates with those of the running task."""
        return (
            row.get("dag_id", self.dag_id),
            row.get("run_id", self.run_id),
            row["task_id"],
            row.get("key", "return_value"),
            row.get("map_index", -1),
        )

    def full_dag_run(self) -> dict[str, Any]:
        """The running task's Dag run with every field that the server's model demands."""
        return complete_dag_run(
            {"dag_id": self.dag_id, "run_id": self.run_id, "state": "running"} | self.dag_run
        )

    def dump(self) -> dict[str, Any]:
        """Everything that a task may have changed, as JSON."""
        names = ("dag_id", "run_id", "task_id", "key", "map_index")
        return {
            "xcoms": [
                dict(zip(names, key, strict=True)) | {"value": value}
                for key, value in self.xcoms.items()
            ],
            "variables": self.variables,
            "task_store": self.task_store,
            "asset_store": [
                {"name": name, "key": key, "value": value}
                for (name, key), value in self.asset_store.items()
            ],
            "dag_runs": self.dag_runs,
            "hitl": self.hitl,
            "skipped": self.skipped,
            "note": self.note,
            "ti": self.ti_row,
        }


_GIVEN = (
    "dag_run",
    "ti_context",
    "connections",
    "variables",
    "task_store",
    "assets",
    "asset_aliases",
    "asset_events",
    "dag_runs",
    "dags",
    "task_instances",
    "hitl",
)


def now() -> str:
    """The present as an ISO 8601 string in UTC."""
    return datetime.now(tz=UTC).isoformat()


def complete_dag_run(row: dict[str, Any]) -> dict[str, Any]:
    """Fill in what a short description of a Dag run leaves out."""
    date = row.get("logical_date", "2026-01-01T00:00:00Z")
    return {
        "logical_date": date,
        "data_interval_start": date,
        "data_interval_end": date,
        "run_after": date or "2026-01-01T00:00:00Z",
        "start_date": date or "2026-01-01T00:00:00Z",
        "end_date": None,
        "run_type": "manual",
        "state": "success",
        "conf": {},
        "consumed_asset_events": [],
        "partition_key": None,
    } | row
