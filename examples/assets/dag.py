"""The Dag to main.ts: started by one asset, updating another, and one known by its alias only."""

from __future__ import annotations

from airflow.sdk import Asset, AssetAlias, dag, task

stock = Asset(name="stock", uri="s3://shop/stock")
orders = Asset(name="orders", uri="s3://shop/orders")


@dag(dag_id="assets", schedule=[stock], catchup=False, tags=["typescript"])
def assets():
    @task.stub(queue="deno", outlets=[orders])
    def load(): ...

    @task.stub(queue="deno", outlets=[AssetAlias("daily_reports")])
    def publish(): ...

    @task.stub(queue="deno", inlets=[orders])
    def report(): ...

    load() >> publish() >> report()


assets()
