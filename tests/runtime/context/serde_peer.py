"""Reads a JSON list of cases, {"read": form} or {"make": expression}; answers by Airflow's serde.

For "read", the repr() of what Python reads; for "make", the form that Python writes.
"""

import datetime  # noqa: F401 -- for the expressions, as all below
import decimal  # noqa: F401
import json
import sys
import uuid  # noqa: F401
import zoneinfo  # noqa: F401
from dataclasses import dataclass

import pendulum  # noqa: F401
from airflow.sdk.definitions.connection import Connection
from airflow.sdk.serde import allow_class, deserialize, serialize


@dataclass
class Row:
    """A class that no other language has."""

    at: datetime.datetime
    n: int


def answer(case):
    """One case's answer."""
    if "uri" in case:
        return Connection(conn_id="c", **case["uri"]).get_uri()
    if "make" in case:
        return serialize(eval(case["make"]))
    try:
        return repr(deserialize(case["read"]))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


allow_class(Row)
answers = [answer(case) for case in json.load(sys.stdin)]
sys.stdout.write("ANSWERS " + json.dumps(answers) + "\n")
