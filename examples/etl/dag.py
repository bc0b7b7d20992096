"""The Dag to main.ts: Python, then TypeScript, then Python again, handing values on by XCom.

The TypeScript tasks are stubs here: their queue routes them to the coordinator that launches the
bundle. It needs the connection "warehouse"; the variable "since" is optional.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import dag, task


@dag(dag_id="etl", schedule=None, catchup=False, tags=["typescript"])
def etl():
    @task
    def start() -> dict[str, str]:
        return {"region": "eu"}

    @task.stub(queue="deno")
    def extract(): ...

    @task.stub(queue="deno", retries=1, retry_delay=timedelta(seconds=1))
    def transform(): ...

    @task.stub(queue="deno")
    def audit(): ...

    @task
    def load(ti=None) -> int:
        transformed = ti.xcom_pull(task_ids="transform")
        assert transformed == {"region": "eu", "total": 42}, transformed
        return transformed["total"]

    @task(trigger_rule="all_done")
    def report() -> str:
        return "the audit may fail, the run continues"

    extracted = extract()
    loaded = load()
    reported = report()
    start() >> extracted >> transform() >> loaded >> reported
    extracted >> audit() >> reported


etl()
