"""Routes on connections and variables."""

from __future__ import annotations

from airflow.api_fastapi.execution_api.datamodels.connection import ConnectionResponse
from airflow.api_fastapi.execution_api.datamodels.variable import (
    VariableKeysResponse,
    VariablePostBody,
    VariableResponse,
)

from execution_api.api import Call, Reply, Route, not_found
from execution_api.state import State

_FIELDS = ("conn_type", "host", "schema", "login", "password", "port", "extra")


def get_connection(state: State, call: Call, conn_id: str) -> Reply:
    """A connection; its fields that were not given are null."""
    if conn_id not in state.connections:
        raise not_found(f"Connection with ID {conn_id} not found")
    row = dict.fromkeys(_FIELDS) | {"conn_id": conn_id} | state.connections[conn_id]
    return Reply(ConnectionResponse.model_validate(row))


def get_variable_keys(state: State, call: Call) -> Reply:
    """Keys in order, by prefix and page."""
    prefix = call.query.get("prefix", "")
    keys = sorted(key for key in state.variables if key.startswith(prefix))
    start = int(call.query.get("offset", 0))
    page = keys[start : start + int(call.query.get("limit", 1000))]
    return Reply(VariableKeysResponse(keys=page, total_entries=len(keys)))


def get_variable(state: State, call: Call, key: str) -> Reply:
    """A variable's value."""
    if key not in state.variables:
        raise not_found(f"Variable with key '{key}' not found")
    return Reply(VariableResponse.model_validate({"key": key, "value": state.variables[key]}))


def put_variable(state: State, call: Call, key: str) -> Reply:
    """Set a variable; the server stores null as the string "None"."""
    state.variables[key] = str(call.parse(VariablePostBody).value)
    return Reply({"message": "Variable successfully set"}, 201)


def delete_variable(state: State, call: Call, key: str) -> Reply:
    """Delete a variable, there or not."""
    state.variables.pop(key, None)
    return Reply(status=204)


ROUTES: list[Route] = [
    ("GET", r"connections/(.+)", get_connection),
    ("GET", r"variables/keys", get_variable_keys),
    ("GET", r"variables/(.+)", get_variable),
    ("PUT", r"variables/(.+)", put_variable),
    ("DELETE", r"variables/(.+)", delete_variable),
]
