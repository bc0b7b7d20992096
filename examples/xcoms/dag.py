"""The Dag to main.ts: values go from TypeScript to Python and back, with their types."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from airflow.sdk import dag, task


@dag(dag_id="xcoms", schedule=None, catchup=False, tags=["typescript"])
def xcoms():
    @task.stub(queue="deno")
    def list_files(): ...

    @task
    def measure(file: str) -> int:
        return len(file)

    @task.stub(queue="deno")
    def summarize(): ...

    @task
    def order() -> dict:
        placed = datetime(2026, 1, 2, 3, 4, tzinfo=timezone.utc)
        return {"placed": placed, "delivery": timedelta(hours=25), "tags": {"gift"}}

    @task.stub(queue="deno")
    def schedule(): ...

    @task
    def check(scheduled: dict):
        assert scheduled["due"] == datetime(2026, 1, 3, 4, 4, tzinfo=timezone.utc)
        assert scheduled["tags"] == {"gift", "scheduled"}

    measure.expand(file=list_files()) >> summarize()
    scheduled = schedule()
    order() >> scheduled
    check(scheduled)


xcoms()
