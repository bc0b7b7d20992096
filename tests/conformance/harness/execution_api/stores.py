"""Routes on the state stores of tasks and assets."""

from __future__ import annotations

from airflow.api_fastapi.execution_api.datamodels.asset_state_store import (
    AssetStateStorePutBody,
    AssetStateStoreResponse,
)
from airflow.api_fastapi.execution_api.datamodels.task_state_store import (
    TaskStateStorePutBody,
    TaskStateStoreResponse,
)

from execution_api.api import ApiError, Call, Reply, Route, not_found
from execution_api.assets import find_asset
from execution_api.state import State

TASK = r"store/ti/([0-9a-f-]{36})"
ASSET = r"store/asset/by-(name|uri)"


def get_task_value(state: State, call: Call, ti_id: str, key: str) -> Reply:
    """A value of the running task's store."""
    _check_own(state, ti_id)
    if key not in state.task_store:
        raise not_found(f"Task state store key {key!r} not found")
    return Reply(TaskStateStoreResponse(value=state.task_store[key]))


def put_task_value(state: State, call: Call, ti_id: str, key: str) -> Reply:
    """Set a value; null is a 422."""
    _check_own(state, ti_id)
    state.task_store[key] = call.parse(TaskStateStorePutBody).value
    return Reply(status=204)


def delete_task_values(state: State, call: Call, ti_id: str, key: str | None = None) -> Reply:
    """Delete one value or all."""
    _check_own(state, ti_id)
    if key is None:
        state.task_store.clear()
    else:
        state.task_store.pop(key, None)
    return Reply(status=204)


def get_asset_value(state: State, call: Call, by: str) -> Reply:
    """A value of an asset's store."""
    name, key = _asset_key(state, call, by)
    if (name, key) not in state.asset_store:
        raise not_found(f"Asset state store key {key!r} not found")
    return Reply(AssetStateStoreResponse(value=state.asset_store[(name, key)]))


def put_asset_value(state: State, call: Call, by: str) -> Reply:
    """Set a value of an asset's store."""
    state.asset_store[_asset_key(state, call, by)] = call.parse(AssetStateStorePutBody).value
    return Reply(status=204)


def delete_asset_value(state: State, call: Call, by: str) -> Reply:
    """Delete a value of an asset's store."""
    state.asset_store.pop(_asset_key(state, call, by), None)
    return Reply(status=204)


def clear_asset(state: State, call: Call, by: str) -> Reply:
    """Empty an asset's store."""
    name = find_asset(state, by, call.query[by])["name"]
    for row in [row for row in state.asset_store if row[0] == name]:
        del state.asset_store[row]
    return Reply(status=204)


def _asset_key(state: State, call: Call, by: str) -> tuple[str, str]:
    return find_asset(state, by, call.query[by])["name"], call.query["key"]


def _check_own(state: State, ti_id: str) -> None:
    if ti_id != str(state.ti_id):
        raise ApiError(
            403, {"reason": "access_denied", "message": "not this task instance's store"}
        )


ROUTES: list[Route] = [
    ("GET", rf"{TASK}/(.+)", get_task_value),
    ("PUT", rf"{TASK}/(.+)", put_task_value),
    ("DELETE", rf"{TASK}/(.+)", delete_task_values),
    ("DELETE", TASK, delete_task_values),
    ("GET", rf"{ASSET}/value", get_asset_value),
    ("PUT", rf"{ASSET}/value", put_asset_value),
    ("DELETE", rf"{ASSET}/value", delete_asset_value),
    ("DELETE", rf"{ASSET}/clear", clear_asset),
]
