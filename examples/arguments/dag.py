"""The Dag to main.ts: TypeScript tasks are called with arguments, as Python ones are.

Airflow hands them on since 3.4, and to bundles only that declare its schema: pack with
--schema 2026-10-30. Their types are those of the signatures here, and are checked.
"""

from __future__ import annotations

from airflow.sdk import dag, task


@dag(dag_id="arguments", schedule=None, catchup=False, tags=["typescript"])
def arguments():
    @task.stub(queue="deno")
    def extract(): ...

    @task.stub(queue="deno")
    def transform(rows: list[dict], min_amount: int): ...

    @task.stub(queue="deno")
    def report(rows: list[dict], title: str = "Regions"): ...

    report(transform(rows=extract(), min_amount=5))


arguments()
