"""Routes on XComs."""

from __future__ import annotations

from typing import Any

from airflow.api_fastapi.execution_api.datamodels.xcom import (
    XComResponse,
    XComSequenceIndexResponse,
    XComSequenceSliceResponse,
)

from execution_api.api import Call, Reply, Route, not_found
from execution_api.state import State

XCOM = r"xcoms/([^/]+)/([^/]+)/([^/]+)/(.+)"


def get_item(state: State, call: Call, *where: str) -> Reply:
    """One of a mapped task's values, by position."""
    *where, offset = where
    values = _values(state, *where)
    try:
        return Reply(XComSequenceIndexResponse(values[int(offset)]))
    except IndexError as error:
        raise not_found(f"XCom {where} with offset {offset} not found") from error


def get_slice(state: State, call: Call, *where: str) -> Reply:
    """A slice of a mapped task's values, as Python slices."""
    start, stop, step = (
        int(call.query[name]) if name in call.query else None for name in ("start", "stop", "step")
    )
    return Reply(XComSequenceSliceResponse(_values(state, *where)[start:stop:step]))


def head(state: State, call: Call, *where: str) -> Reply:
    """How many values a mapped task has."""
    count = len(_values(state, *where))
    return Reply(headers={"Content-Range": f"map_indexes {count}"})


def get(state: State, call: Call, *where: str) -> Reply:
    """One value; 404 when the row is missing (the client makes it null)."""
    key = (*where, int(call.query.get("map_index", -1)))
    if key not in state.xcoms:
        raise not_found(f"XCom {key} not found")
    return Reply(XComResponse(key=where[3], value=state.xcoms[key]))


def post(state: State, call: Call, *where: str) -> Reply:
    """Set a value."""
    state.xcoms[(*where, int(call.query.get("map_index", -1)))] = call.body
    return Reply({"message": "XCom successfully set"}, 201)


def delete(state: State, call: Call, *where: str) -> Reply:
    """Delete a value, there or not."""
    state.xcoms.pop((*where, int(call.query.get("map_index", -1))), None)
    return Reply({"message": f"XCom with key: {where[3]} successfully deleted."})


def _values(state: State, *where: str) -> list[Any]:
    rows = [(key[4], value) for key, value in state.xcoms.items() if key[:4] == where]
    return [value for _, value in sorted(rows, key=lambda row: row[0])]


ROUTES: list[Route] = [
    ("GET", rf"{XCOM}/item/(-?\d+)", get_item),
    ("GET", rf"{XCOM}/slice", get_slice),
    ("HEAD", XCOM, head),
    ("GET", XCOM, get),
    ("POST", XCOM, post),
    ("DELETE", XCOM, delete),
]
