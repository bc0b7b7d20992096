"""The Dag to main.ts: arguments that are held against the schemas which the handlers declare.

Airflow hands arguments on since 3.4, and to bundles only that declare its schema: pack with
--schema 2026-10-30.
"""

from __future__ import annotations

from airflow.sdk import dag, task


@dag(dag_id="schema", schedule=None, catchup=False, tags=["typescript"])
def schema():
    @task.stub(queue="deno")
    def extract(): ...

    @task.stub(queue="deno")
    def load(orders: list[dict], currency: str = "EUR"): ...

    @task.stub(queue="deno", retries=3)
    def refund(orders: list[dict]): ...

    load(orders=extract())
    refund(orders=[{"id": 1, "region": "eu", "price": 0}])


schema()
