"""The Dag to main.ts: two sensors, and Python tasks behind them."""

from __future__ import annotations

from airflow.sdk import dag, task


@dag(dag_id="sensor", schedule=None, catchup=False, tags=["typescript"])
def sensor():
    @task.stub(queue="deno")
    def export_ready(): ...

    @task.stub(queue="deno")
    def corrections(): ...

    @task
    def load(rows: int) -> int:
        return rows

    @task
    def apply(ti=None) -> str:
        return ti.xcom_pull(task_ids="corrections")

    load(export_ready())
    corrections() >> apply()


sensor()
