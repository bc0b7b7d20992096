"""The work as tasks of Airflow's own Python SDK; its sizes come from work.ts by the environment."""

import json
import logging
import os

from airflow.sdk import DAG, Variable, get_current_context, task

SIZES = json.loads(os.environ["BENCH_SIZES"])
log = logging.getLogger(__name__)


def rows() -> list[dict]:
    return [
        {
            "id": i,
            "name": f"item number {i}",
            "price": i * 1.25 + 0.01,
            "ok": i % 2 == 0,
            "tags": [f"tag{i % 7}", f"group{i % 31}", "bench"],
        }
        for i in range(SIZES["rows"])
    ]


def push(key: str, value: object) -> None:
    get_current_context()["ti"].xcom_push(key=key, value=value)


def pull(key: str) -> object:
    return get_current_context()["ti"].xcom_pull(task_ids="upstream", key=key, map_indexes=-1)


with DAG("bench"):

    @task
    def empty() -> None:
        pass

    @task
    def rtt() -> None:
        Variable.get("mark")
        for _ in range(SIZES["requests"]):
            Variable.get("region")

    @task
    def xcom_out() -> None:
        value = rows()
        Variable.get("mark")
        push("rows", value)

    @task
    def xcom_in() -> None:
        Variable.get("mark")
        if len(pull("rows")) != SIZES["rows"]:
            raise ValueError("rows are missing")

    @task
    def big_out() -> None:
        value = "0123456789abcdef" * (SIZES["bigBytes"] // 16)
        Variable.get("mark")
        push("big", value)

    @task
    def big_in() -> None:
        Variable.get("mark")
        if len(pull("big")) != SIZES["bigBytes"]:
            raise ValueError("text is missing")

    @task
    def logs() -> None:
        lines = [f"bench line {i:06d} ".ljust(SIZES["lineBytes"], "x") for i in range(SIZES["lines"])]
        Variable.get("mark")
        for line in lines:
            log.info(line)

    empty(), rtt(), xcom_out(), xcom_in(), big_out(), big_in(), logs()
