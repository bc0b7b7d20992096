"""The Dag to main.ts: tasks that take no worker while they wait; they need a triggerer.

It needs the variable "drop_folder", and is triggered with {"ingest_run": "<a run of ingest>"}. The
class my_company.triggers.JobTrigger stands for one of yours.
"""

from __future__ import annotations

from airflow.sdk import dag, task


@dag(dag_id="deferral", schedule=None, catchup=False, tags=["typescript"])
def deferral():
    @task.stub(queue="deno")
    def cool_down(): ...

    @task.stub(queue="deno")
    def upstream_done(): ...

    @task.stub(queue="deno")
    def pick_up(): ...

    @task.stub(queue="deno")
    def run_job(): ...

    @task
    def load(arrived: dict) -> str:
        return f"{arrived['folder']} since {arrived['since']:%H:%M}"

    cool_down() >> upstream_done()
    load(pick_up())
    run_job()


deferral()
