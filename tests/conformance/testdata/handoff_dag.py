"""Values handed from Python to TypeScript and back, under a real scheduler; see handoff_test.ts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import airflow
from airflow.sdk import dag, task

NEW = not airflow.__version__.startswith("3.3")


@task
def python() -> dict:
    """Python's own types."""
    return {
        "at": dt.datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=dt.timezone.utc),
        "day": dt.date(2026, 1, 2),
        "span": dt.timedelta(hours=25),
        "ids": {1},
        "pair": (1, "a"),
        "price": Decimal("1.5"),
    }


@task.stub(queue="deno")
def typescript():
    """Reads them, and returns the same."""


@task
def reads(value: dict) -> str:
    """What Python makes of what TypeScript returned."""
    return repr(dict(sorted(value.items())))


@task.stub(queue="deno")
def rows():
    """Returns what the next task is mapped over."""


@task
def upper(row: str) -> str:
    """One of several."""
    return row.upper()


@task.stub(queue="deno")
def gathers():
    """Reads what all of them returned."""


@task.stub(queue="deno")
def called(items: list[str], batch_size: int = 5, name: str | None = None):
    """TaskFlow's arguments, from 3.4 on."""


@dag(schedule=None)
def handoff():
    """The Dag."""
    returned = typescript()
    python() >> returned
    reads(returned)
    listed = rows()
    uppers = upper.expand(row=listed)
    uppers >> gathers()
    if NEW:
        called(listed, name="n")


handoff()
