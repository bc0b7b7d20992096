"""1,000 Dags of 20 tasks, each after the one before it; many_dags.ts has the same."""

from __future__ import annotations

import datetime

from airflow.sdk import DAG, Param, task

OPTIONS = {"retries": 2, "retry_delay": datetime.timedelta(minutes=1), "queue": "deno"}

for i in range(1000):
    with DAG(
        f"many_{i:04}",
        schedule="@daily",
        start_date=datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc),
        catchup=False,
        tags=["bench"],
        params={"region": Param("eu", type="string", enum=["eu", "us"])},
    ):

        @task(task_id="task_00", **OPTIONS)
        def first():
            return 0

        rows = first()
        for j in range(1, 20):

            @task(task_id=f"task_{j:02}", **OPTIONS)
            def next_one(rows):
                return rows + 1

            rows = next_one(rows)
