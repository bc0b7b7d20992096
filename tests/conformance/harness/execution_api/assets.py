"""Routes on assets and their events."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from airflow.api_fastapi.execution_api.datamodels.asset import AssetResponse
from airflow.api_fastapi.execution_api.datamodels.asset_event import AssetEventsResponse

from execution_api.api import Call, Reply, Route, not_found
from execution_api.state import State


def find_asset(state: State, by: str, value: str) -> dict[str, Any]:
    """The asset with this name or URI, or a 404."""
    for asset in state.assets:
        if asset[by] == value:
            return {"group": "asset", "extra": {}} | asset
    raise not_found(f"Asset with {by} {value} not found")


def get_by(state: State, call: Call, by: str) -> Reply:
    """An asset by name or URI."""
    return Reply(AssetResponse.model_validate(find_asset(state, by, call.query[by])))


def get_by_alias(state: State, call: Call) -> Reply:
    """The assets behind an alias."""
    names = state.asset_aliases.get(call.query["alias_name"], [])
    return Reply([find_asset(state, "name", name) for name in names])


def get_events(state: State, call: Call, by: str) -> Reply:
    """Events of an asset or of an alias, by time, bounded."""
    if by == "asset":
        wanted = {call.query.get("name") or None, call.query.get("uri") or None} - {None}
        rows = [
            row
            for row in state.asset_events
            if wanted & {row["asset"]["name"], row["asset"]["uri"]}
        ]
    else:
        names = state.asset_aliases.get(call.query["name"], [])
        rows = [row for row in state.asset_events if row["asset"]["name"] in names]
    if after := call.query.get("after"):
        rows = [row for row in rows if _time(row["timestamp"]) >= _time(after)]
    if before := call.query.get("before"):
        rows = [row for row in rows if _time(row["timestamp"]) <= _time(before)]
    ascending = call.query.get("ascending", "true").lower() == "true"
    rows.sort(key=lambda row: _time(row["timestamp"]), reverse=not ascending)
    if limit := call.query.get("limit"):
        rows = rows[: int(limit)]
    full = [
        {"created_dagruns": []}
        | row
        | {"id": row.get("id", index), "asset": {"group": "asset"} | row["asset"]}
        for index, row in enumerate(rows, 1)
    ]
    return Reply(AssetEventsResponse.model_validate({"asset_events": full}))


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


ROUTES: list[Route] = [
    ("GET", r"assets/by-(name|uri)", get_by),
    ("GET", r"assets/by-alias", get_by_alias),
    ("GET", r"asset-events/by-(asset|asset-alias)", get_events),
]
