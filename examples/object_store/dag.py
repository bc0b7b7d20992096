"""The Dag to main.ts: tasks that hand files on, on a disk or in S3.

Where they lie says the variable "reports", e.g. "s3://aws_default@shop/reports" with the id of a
connection to AWS.
"""

from __future__ import annotations

from airflow.sdk import dag, task


@dag(dag_id="object_store", schedule=None, catchup=False, tags=["typescript"])
def object_store():
    @task.stub(queue="deno")
    def extract(): ...

    @task.stub(queue="deno")
    def sum_up(): ...

    @task.stub(queue="deno")
    def publish(): ...

    extract() >> sum_up() >> publish()


object_store()
