"""
Tasks that end and come back: deferred to triggers, rescheduled, waiting for an answer.

All stubs run in the language runtime, in the bundle of ``resume.ts``.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import dag, task


@dag(dag_id="resume", schedule=None, catchup=False, default_args={"retries": 0})
def resume() -> None:
    """Declare the Dag."""

    def stub(task_id: str, retries: int = 0):
        @task.stub(
            task_id=task_id,
            queue="deno",
            retries=retries,
            retry_delay=timedelta(hours=1),
        )
        def function(): ...

        return function()

    stubs = [
        stub("waits_for_time"),
        stub("waits_for_file"),
        stub("waits_for_task"),
        stub("waits_too_long"),
        stub("senses"),
        stub("asks"),
        stub("asks_nobody"),
        stub("retries_soon", retries=1),
        stub("skips"),
    ]

    @task(trigger_rule="all_done")
    def report() -> str:
        return "reported"

    stubs >> report()


resume()
