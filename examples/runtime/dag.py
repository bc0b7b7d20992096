"""The Dag to main.ts: a mapped task with labels, one that is too slow, one with a secret."""

from __future__ import annotations

from airflow.sdk import dag, task


@dag(dag_id="runtime", schedule=None, catchup=False, tags=["typescript"])
def runtime():
    @task.stub(queue="deno")
    def export_table(table: str): ...

    @task.stub(queue="deno")
    def ask_slow_service(): ...

    @task.stub(queue="deno")
    def log_in(): ...

    export_table.expand(table=["orders", "customers"])
    ask_slow_service()
    log_in()


runtime()
