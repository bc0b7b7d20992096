"""The Dag of main.ts: one task for each terminal state, and a report after all of them."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import dag, task

RETRIES = {"retries": 3, "retry_delay": timedelta(minutes=5)}


@dag(dag_id="terminal_states", schedule=None, catchup=False, tags=["typescript"])
def terminal_states():
    @task.stub(queue="deno")
    def collect_reminders(): ...

    @task
    def send_reminders(ti=None):
        print("skipped together with", ti.task.upstream_task_ids)

    @task.stub(queue="deno", **RETRIES)
    def check_ledger(): ...

    @task.stub(queue="deno", **RETRIES)
    def fetch_statements(): ...

    @task.stub(queue="deno", **RETRIES)
    def pay(): ...

    @task(trigger_rule="all_done")
    def report() -> str:
        return "the run continues"

    collect_reminders() >> send_reminders()
    [check_ledger(), fetch_statements(), pay()] >> report()


terminal_states()
