"""The Dag to main.ts: three tasks that wait for a person, who answers in Airflow's UI."""

from __future__ import annotations

from airflow.sdk import dag, task


@dag(dag_id="approval", schedule=None, catchup=False, tags=["typescript"])
def approval():
    @task
    def complaint() -> dict:
        return {"customer": "Ada", "amount": 42}

    @task.stub(queue="deno")
    def decide(): ...

    @task.stub(queue="deno")
    def release(): ...

    @task.stub(queue="deno")
    def pay_out(): ...

    @task
    def tell(ti=None) -> str:
        decided = ti.xcom_pull(task_ids="decide")
        return f"{decided['decision']}: {decided['note']}"

    decided = decide()
    complaint() >> decided >> release() >> tell()
    decided >> pay_out()


approval()
