"""The Dag to main.ts: one of two branches runs, and a task that joins them."""

from __future__ import annotations

from airflow.sdk import dag, task


@dag(dag_id="branching", schedule=None, catchup=False, tags=["typescript"])
def branching():
    @task
    def count_changes() -> int:
        return 42

    @task.stub(queue="deno")
    def choose(): ...

    @task.stub(queue="deno")
    def full_load(): ...

    @task.stub(queue="deno")
    def delta_load(): ...

    @task.stub(queue="deno")
    def rebuild_index(): ...

    @task.stub(queue="deno", trigger_rule="none_failed_min_one_success")
    def report(): ...

    full, delta, reported = full_load(), delta_load(), report()
    count_changes() >> choose() >> [full, delta] >> reported
    delta >> rebuild_index() >> reported


branching()
