"""
A hand-made peer of the supervisor: plays the frames of a scenario, to test the harness itself.

``scripted_peer.py SCENARIO.json --comm=HOST:PORT --logs=HOST:PORT``. The scenario maps task_id (or
``*``) to a list of steps, or to such lists by try number; ``before_connect`` holds steps that come
first. A step is an object with one key, see ``STEPS``. In values, ``$now``, ``$ti_id``,
``$dag_id``, ``$run_id``, ``$body`` (latest reply) and ``$reply`` (the value in it) are replaced.
Asked to parse a Dag file, the peer answers that it defines no Dag.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
import sys
import time
from datetime import UTC, datetime
from typing import Any

import msgspec


class Peer:
    """The sockets, and the steps that act on them."""

    def __init__(self, comm: str, logs: str) -> None:
        self.comm = _connect(comm)
        self.logs = _connect(logs)
        self.next_id = 1
        startup = self.receive()
        self.details = startup[1]
        self.body: Any = None

    def receive(self) -> list[Any]:
        """Read one frame."""
        (length,) = struct.unpack(">I", self._exactly(4))
        return msgspec.msgpack.decode(self._exactly(length))

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            chunk = self.comm.recv(size - len(data))
            if not chunk:
                raise EOFError("the supervisor closed the connection")
            data += chunk
        return data

    def fill(self, value: Any) -> Any:
        """Replace the ``$`` names."""
        if isinstance(value, dict):
            return {key: self.fill(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        if value == "$now":
            return datetime.now(tz=UTC).isoformat()
        if value == "$ti_id":
            return self.details["ti"]["id"]
        if value in ("$dag_id", "$run_id"):
            return self.details["ti"][value[1:]]
        if value == "$body":
            return self.body
        if value == "$reply":
            return self.body.get("value", self.body) if isinstance(self.body, dict) else self.body
        return value

    def send(self, body: Any) -> None:
        """Send a request without reading the reply."""
        payload = msgspec.msgpack.encode([self.next_id, self.fill(body)])
        self.comm.sendall(struct.pack(">I", len(payload)) + payload)
        self.next_id += 1

    def request(self, body: Any) -> None:
        """Send a request and keep the reply's value."""
        self.send(body)
        _, self.body, error = self.receive()
        if error:
            self.log({"level": "warning", "event": "error reply", "reply": error})

    def no_reply(self, body: Any) -> None:
        """Send a request and log whether a reply comes within half a second."""
        self.send(body)
        self.comm.settimeout(0.5)
        try:
            self.receive()
            self.log({"level": "info", "event": "replied"})
        except TimeoutError:
            self.log({"level": "info", "event": "no reply"})
        self.comm.settimeout(None)

    def log(self, line: Any) -> None:
        """Write a line on the log channel."""
        self.logs.sendall(msgspec.json.encode(self.fill(line)) + b"\n")

    def log_startup(self, _: Any) -> None:
        """Log what StartupDetails held."""
        line = {"level": "info", "event": "startup", "details": self.details}
        self.logs.sendall(msgspec.json.encode(line) + b"\n")

    def raw(self, text: str) -> None:
        """Write bytes (hexadecimal) on the comm channel."""
        self.comm.sendall(bytes.fromhex(text))

    def close(self, _: Any) -> None:
        """Close both channels, the end that keeps clear of the exit race."""
        self.comm.close()
        self.logs.close()


def _connect(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    sock = socket.create_connection((host, int(port)))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def _on_sigterm(code: int) -> None:
    signal.signal(signal.SIGTERM, lambda *_: os._exit(code))


# What needs no connection; these may stand in before_connect.
PLAIN = {
    "exit": lambda code: os._exit(code),
    "sleep": time.sleep,
    "stdout": lambda text: print(text, flush=True),
    "stderr": lambda text: print(text, file=sys.stderr, flush=True),
    "on_sigterm_exit": _on_sigterm,
    "ignore_sigterm": lambda _: signal.signal(signal.SIGTERM, signal.SIG_IGN),
    "close_fds": lambda fds: [os.close(fd) for fd in fds],
}
STEPS = ("request", "send", "no_reply", "log", "log_startup", "raw", "close")


def main() -> None:
    """Play the scenario."""
    with open(sys.argv[-3], encoding="utf-8") as file:
        scenario = json.load(file)
    options = dict(argument.removeprefix("--").split("=", 1) for argument in sys.argv[-2:])
    for step in scenario.pop("before_connect", []):
        ((name, value),) = step.items()
        PLAIN[name](value)
    peer = Peer(options["comm"], options["logs"])
    if peer.details["type"] == "DagFileParseRequest":
        no_dags = {"serialized_dags": [], "import_errors": {}, "warnings": []}
        return peer.request(
            {"type": "DagFileParsingResult", "fileloc": peer.details["file"]} | no_dags
        )
    ti = peer.details["ti"]
    steps = scenario[ti["task_id"]] if ti["task_id"] in scenario else scenario["*"]
    if isinstance(steps, dict):
        steps = steps[str(ti["try_number"])]
    for step in steps:
        ((name, value),) = step.items()
        if name in STEPS:
            getattr(peer, name)(value)
        else:
            PLAIN[name](value)


main()
