"""
Runs bundles under Airflow's real ``supervise_task``, without scheduler or database.

One long-lived process per Airflow version: JSON lines in on stdin, one JSON line out on stdout for
each. Everything between is Airflow's own: the coordinator manager, the coordinator, its sockets,
its ``Client``; only the HTTP transport ends in the in-memory Execution API.
"""

from __future__ import annotations

import os

# Airflow and Python print to a file, which does not have to be drained while no task runs.
stderr_file = os.open(f"{os.environ['AIRFLOW_HOME']}/stderr.log", os.O_WRONLY | os.O_CREAT, 0o600)
os.dup2(stderr_file, 2)

# Other programs' settings of Airflow must not reach this one; ours are set before the import.
HEARTBEAT = os.environ.get("HARNESS_HEARTBEAT_INTERVAL", "1")
SETTINGS = {
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__TASK_SUCCESS_OVERTIME": "3",
    "AIRFLOW__CORE__KILLED_TASK_CLEANUP_TIME": "5",
    "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": HEARTBEAT,
    "AIRFLOW__WORKERS__EXECUTION_API_RETRY_WAIT_MIN": "0.01",
    "AIRFLOW__WORKERS__EXECUTION_API_RETRY_WAIT_MAX": "0.05",
    "AIRFLOW__WORKERS__SOCKET_CLEANUP_TIMEOUT": "20",
}
for name in [name for name in os.environ if name.startswith("AIRFLOW__")]:
    del os.environ[name]
os.environ.update(SETTINGS)
for assignment in filter(None, os.environ.get("HARNESS_SETTINGS", "").split("\n")):
    name, _, value = assignment.partition("=")
    os.environ[name] = value

import contextlib  # noqa: E402
import json  # noqa: E402
import logging  # noqa: E402
import pathlib  # noqa: E402
import shutil  # noqa: E402
import sys  # noqa: E402
import threading  # noqa: E402
import time  # noqa: E402
import uuid  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from typing import Any  # noqa: E402

import psutil  # noqa: E402
import structlog  # noqa: E402
from airflow.dag_processing.bundles import manager as dag_bundles  # noqa: E402
from airflow.sdk.api.client import Client  # noqa: E402
from airflow.sdk.api.datamodels._generated import BundleInfo, TaskInstance  # noqa: E402
from airflow.sdk.configuration import conf  # noqa: E402
from airflow.sdk.execution_time.coordinator import reset_coordinator_manager  # noqa: E402
from airflow.sdk.execution_time.supervisor import supervise_task  # noqa: E402
from airflow.version import version as airflow_version  # noqa: E402

sys.dont_write_bytecode = True  # what is imported from here on lies in the checkout

from execution_api import ExecutionApi, State  # noqa: E402
from execution_api.routes import ROUTES  # noqa: E402

# httpx up to 3.3, httpx2 from 3.4: whichever the client is built on.
http = sys.modules[Client.__mro__[1].__module__.partition(".")[0]]

KINDS = {
    "executable": "airflow.sdk.coordinators.executable.ExecutableCoordinator",
    "node": "airflow.sdk.coordinators.node.NodeCoordinator",
}
supervisor_log: list[dict[str, Any]] = []


def capture(_logger: Any, level: str, event: dict[str, Any]) -> None:
    """Keep a line of the supervisor's own log (what a worker's stderr would show)."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, tuple):
        error = error[1]
    if error:
        event["error_detail"] = f"{type(error).__name__}: {error}"
    supervisor_log.append({"level": level} | event)
    raise structlog.DropEvent


def capture_logs() -> None:
    """Send what the supervisor logs to :data:`supervisor_log`; tasks log to their own files."""
    structlog.configure(
        processors=[capture],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=False,
    )


@contextlib.contextmanager
def environment(changes: dict[str, str]) -> Iterator[None]:
    """Set environment variables for one task; the task inherits the worker's environment."""
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def coordinator_settings(command: dict[str, Any]) -> dict[str, str]:
    """The coordinator's configuration as users write it, which differs between releases."""
    queue = command.get("queue", "deno")
    kwargs: dict[str, Any] = {"task_startup_timeout": command.get("task_startup_timeout", 10)}
    kwargs |= command.get("coordinator_kwargs", {})
    settings = {}
    if airflow_version.startswith("3.3."):
        kwargs["executables_root"] = [command["bundle_root"]]
    else:
        kwargs["task_handler_bundle_name"] = "task-handlers"
        local = "airflow.dag_processing.bundles.local.LocalDagBundle"
        roots = {"dags": os.environ["AIRFLOW_HOME"], "task-handlers": command["bundle_root"]}
        settings["AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST"] = json.dumps(
            [
                {"name": name, "classpath": local, "kwargs": {"path": path}}
                for name, path in roots.items()
            ]
        )
    if command.get("node_executable"):
        kwargs["node_executable"] = command["node_executable"]
    coordinator = {"classpath": KINDS[command.get("kind", "executable")], "kwargs": kwargs}
    settings["AIRFLOW__SDK__COORDINATORS"] = json.dumps({queue: coordinator})
    settings["AIRFLOW__SDK__QUEUE_TO_COORDINATOR"] = json.dumps({queue: queue})
    return settings


def forget_configuration() -> None:
    """Make Airflow read the coordinators, and in 3.4 the Dag bundles, of this task."""
    reset_coordinator_manager()
    if snapshot := getattr(dag_bundles, "_load_bundle_config_snapshot", None):
        snapshot.cache_clear()


def kill_children() -> None:
    """End what the task left or does not leave."""
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()


def run(command: dict[str, Any]) -> dict[str, Any]:
    """Run one task to its end and tell all that can be seen of it."""
    supervisor_log.clear()
    state = State.of(command)
    api = ExecutionApi(state, ROUTES, command.get("api_overrides", []), http.Response)
    client = Client(
        base_url="http://execution-api.invalid/execution/",
        token="token",
        transport=http.MockTransport(api.handle),
    )
    log_path = f"{uuid.uuid4()}.log"
    ti = TaskInstance(
        id=state.ti_id,
        dag_version_id=uuid.uuid4(),
        dag_id=state.dag_id,
        task_id=state.task_id,
        run_id=state.run_id,
        map_index=state.map_index,
        try_number=state.try_number,
        context_carrier=command.get("context_carrier"),
        queue=command.get("queue", "deno"),
    )
    timed_out = threading.Event()
    exit_code, error = None, None

    def give_up() -> None:
        timed_out.set()
        kill_children()

    watchdog = threading.Timer(command.get("timeout_seconds", 60), give_up)
    started = api.started = time.monotonic()
    with environment(coordinator_settings(command) | command.get("env", {})):
        forget_configuration()
        watchdog.start()
        try:
            exit_code = supervise_task(
                ti=ti,
                bundle_info=BundleInfo(name="dags", version=None),
                dag_rel_path="dag.py",
                token="token",
                client=client,
                log_path=log_path,
            )
        except Exception as exception:
            error = f"{type(exception).__name__}: {exception}"
        finally:
            duration = time.monotonic() - started
            watchdog.cancel()
            kill_children()
    finished = [line for line in supervisor_log if line.get("event") == "Workload finished"]
    return {
        "state": outcome(state),
        "api_state": state.ti_state,
        "supervisor_state": finished[-1]["final_state"] if finished else None,
        "exit_code": None if exit_code is None else int(exit_code),
        "error": error,
        "timed_out": timed_out.is_set(),
        "duration_seconds": round(duration, 4),
        "tail_seconds": round(duration - last_call_at(api), 4),
        "ti_id": str(state.ti_id),
        "api_calls": [vars(call) for call in api.calls],
        "log": read_log(log_path),
        "supervisor_log": supervisor_log,
        **state.dump(),
    }


def outcome(state: State) -> str:
    """
    The task instance's state once Airflow is done with it.

    The API has it, unless the worker ended without telling: the scheduler then sees an executor
    that is done with a task instance still queued or running, and decides by the retries left.
    """
    if state.ti_state not in ("queued", "running"):
        return state.ti_state
    return "up_for_retry" if state.should_retry else "failed"


def last_call_at(api: ExecutionApi) -> float:
    """When the API was last called, heartbeats aside, in seconds from the start of the run."""
    return max((call.at for call in api.calls if not call.path.endswith("/heartbeat")), default=0.0)


def read_log(log_path: str) -> list[dict[str, Any]]:
    """The task's log as its readers get it, one object a line; the file is removed."""
    file = pathlib.Path(conf.get("logging", "base_log_folder")) / log_path
    if not file.exists():
        return []
    lines = file.read_text("utf-8", errors="replace").splitlines()
    file.unlink()
    return [json.loads(line) for line in lines if line]


def main() -> None:
    """Answer commands until stdin ends."""
    # The task inherits stdin and must not read our commands; prints must not look like answers.
    commands = os.fdopen(os.dup(0), "r", encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(2, 1)
    capture_logs()

    def answer(value: dict[str, Any]) -> None:
        answers.write(json.dumps(value, default=str) + "\n")
        answers.flush()

    answer({"ready": True, "airflow_version": airflow_version})
    with contextlib.suppress(BrokenPipeError):
        for line in commands:
            command = json.loads(line)
            try:
                result = {"result": run(command)}
            except Exception as exception:
                result = {"error": f"{type(exception).__name__}: {exception}"}
            answer({"id": command["id"]} | result)
    # Also when whoever started us was killed and can no longer do it.
    shutil.rmtree(os.environ["AIRFLOW_HOME"], ignore_errors=True)


if __name__ == "__main__":
    main()
