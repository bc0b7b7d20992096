"""The Dag to main.ts: an import that continues after a failure, and one that continues in the next run."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import Asset, dag, task

orders = Asset(name="orders", uri="s3://shop/orders")


@dag(dag_id="state", schedule=None, catchup=False, tags=["typescript"])
def state():
    @task.stub(queue="deno", retries=2, retry_delay=timedelta(seconds=10))
    def import_pages(): ...

    @task.stub(queue="deno", outlets=[orders])
    def load_orders(): ...

    import_pages() >> load_orders()


state()
