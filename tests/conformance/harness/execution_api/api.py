"""Dispatch of requests: overrides first, then the table of routes; every call is recorded."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from execution_api.state import State

PREFIX = "/execution/"


@dataclass
class Call:
    """One request, as recorded for the test."""

    method: str
    path: str
    query: dict[str, Any]
    body: Any
    status: int = 0
    at: float = 0.0

    def parse(self, model: Any) -> Any:
        """Validate the body with one of the server's own models; 422 if it does not fit."""
        try:
            return TypeAdapter(model).validate_python(self.body)
        except ValidationError as error:
            detail = json.loads(error.json(include_url=False, include_context=False))
            raise ApiError(422, detail) from error


class ApiError(Exception):
    """An answer that is not a success; ``detail`` is what FastAPI would send."""

    def __init__(self, status: int, detail: Any) -> None:
        super().__init__(status, detail)
        self.status = status
        self.detail = detail


def not_found(message: str) -> ApiError:
    """The server's 404."""
    return ApiError(404, {"reason": "not_found", "message": message})


@dataclass
class Reply:
    """A success: a status, a body (a server model or JSON) and headers."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        """The body as the server would serialise it."""
        if isinstance(self.body, BaseModel):
            return self.body.model_dump(mode="json", by_alias=True, exclude_unset=True)
        return self.body


Route = tuple[str, str, Callable[..., Reply]]
"""method, pattern of the path below /execution/ (its groups become arguments), function"""


@dataclass
class Override:
    """A fault or an event put in the way of matching calls: status, delay, signal, new state."""

    path: str
    method: str | None = None
    skip: int = 0
    times: int | None = None
    status: int | None = None
    body: Any = None
    delay_seconds: float = 0
    signal: str | None = None
    ti_state: str | None = None

    def takes(self, call: Call) -> bool:
        """Report whether this override applies to the call; counts ``skip`` and ``times`` down."""
        if self.method not in (None, call.method) or not re.search(self.path, call.path):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
            return self.times >= 0
        return True


class ExecutionApi:
    """Answers the requests of Airflow's ``Client``; use ``handle`` for a MockTransport."""

    def __init__(
        self,
        state: State,
        routes: list[Route],
        overrides: list[dict[str, Any]],
        response_class: Any,
    ) -> None:
        self.state = state
        self.calls: list[Call] = []
        self._routes = [(method, re.compile(pattern), fn) for method, pattern, fn in routes]
        self._overrides = [Override(**override) for override in overrides]
        self._response_class = response_class
        self.started = time.monotonic()

    def handle(self, request: Any) -> Any:
        """Answer one httpx request with an httpx response."""
        call = _call_of(request)
        call.at = round(time.monotonic() - self.started, 4)
        self.calls.append(call)
        headers: dict[str, str] = {}
        try:
            reply = self._overridden(call) or self._route(call)
            call.status, body, headers = reply.status, reply.json(), reply.headers
        except ApiError as error:
            call.status, body = error.status, {"detail": error.detail}
        if body is None and call.status == 204:
            return self._response_class(204, headers=headers)
        # Not json=: a null body must arrive as "null", not as nothing.
        content = json.dumps(body).encode()
        headers = {"content-type": "application/json"} | headers
        return self._response_class(call.status, content=content, headers=headers)

    def _overridden(self, call: Call) -> Reply | None:
        for override in self._overrides:
            if not override.takes(call):
                continue
            if override.delay_seconds:
                time.sleep(override.delay_seconds)
            if override.signal and self.state.pid:
                os.kill(self.state.pid, signal.Signals[override.signal])
            if override.ti_state:
                self.state.ti_state = override.ti_state
            if override.status is not None:
                return Reply(override.body, override.status)
        return None

    def _route(self, call: Call) -> Reply:
        for method, pattern, fn in self._routes:
            if method == call.method and (match := pattern.fullmatch(call.path)):
                return fn(self.state, call, *match.groups())
        # Not 404: a route that is missing here must not pass for an answer of the server's.
        raise ApiError(501, f"the in-memory Execution API has no route {call.method} {call.path}")


def _call_of(request: Any) -> Call:
    path = request.url.path
    query: dict[str, Any] = {}
    for key, value in request.url.params.multi_items():
        if key in query:
            before = query[key]
            query[key] = [*before, value] if isinstance(before, list) else [before, value]
        else:
            query[key] = value
    content = request.read()
    return Call(
        method=request.method,
        path=path.removeprefix(PREFIX),
        query=query,
        body=json.loads(content) if content else None,
    )
