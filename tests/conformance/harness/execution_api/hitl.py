"""Routes on the human in the loop."""

from __future__ import annotations

from airflow.api_fastapi.execution_api.datamodels.hitl import HITLDetailRequest, HITLDetailResponse

from execution_api.api import Call, Reply, Route, not_found
from execution_api.state import State


def create(state: State, call: Call, ti_id: str) -> Reply:
    """Ask the human."""
    request = call.parse(HITLDetailRequest)
    state.hitl = request.model_dump(mode="json")
    return Reply(request, 201)


def get(state: State, call: Call, ti_id: str) -> Reply:
    """The response of the user, if any."""
    if state.hitl is None:
        raise not_found("Human-in-the-loop detail not found")
    response = {"response_received": False, "responded_at": None, "chosen_options": None}
    return Reply(HITLDetailResponse.model_validate(response | state.hitl.get("response", {})))


ROUTES: list[Route] = [
    ("POST", r"hitlDetails/([0-9a-f-]{36})", create),
    ("GET", r"hitlDetails/([0-9a-f-]{36})", get),
]
