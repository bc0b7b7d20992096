"""The Dags to main.ts: one looks at its own runs and starts the other, which it waits for."""

from __future__ import annotations

from airflow.sdk import dag, task


@dag(dag_id="dag_runs", schedule=None, catchup=False, tags=["typescript"])
def dag_runs():
    @task
    def prepare() -> str:
        return "prepared"

    @task.stub(queue="deno")
    def review(): ...

    @task.stub(queue="deno")
    def clean_up(): ...

    @task.stub(queue="deno", trigger_rule="all_done")
    def conclude(): ...

    prepare() >> review() >> clean_up() >> conclude()


@dag(dag_id="cleanup", schedule=None, catchup=False, tags=["typescript"])
def cleanup():
    @task
    def sweep(dag_run=None) -> str:
        return f"asked by {dag_run.conf.get('askedBy')}"

    sweep()


dag_runs()
cleanup()
