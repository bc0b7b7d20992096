"""Airflow's own task runner, forked from a warm process as Airflow's workers do.

For each line {"comm": PORT, "logs": PORT} of stdin it connects to both, forks, and runs Airflow's
task process in the child; it answers {"pid": PID}, and {"code": CODE} once that has ended.
Airflow's supervisor gives the task process a pair of Unix sockets; here they are TCP, for the same
driver as everyone's.
"""

import json
import os
import socket
import sys

answers = os.fdopen(os.dup(1), "w")
# Whatever a task prints goes where errors go.
os.dup2(2, 1)

from airflow.sdk.execution_time import supervisor, task_runner  # noqa: E402, F401
from airflow.version import version  # noqa: E402


def answer(value: dict) -> None:
    answers.write(json.dumps(value) + "\n")
    answers.flush()


def dial(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port))


def run(ports: dict) -> None:
    comm, logs = dial(ports["comm"]), dial(ports["logs"])
    pid = os.fork()
    if pid == 0:
        # It never returns.
        supervisor._fork_main(
            comm, sys.stdout, sys.stderr, logs.detach(), supervisor._subprocess_main
        )
    comm.close()
    logs.close()
    answer({"pid": pid})
    _, status = os.waitpid(pid, 0)
    answer({"code": os.waitstatus_to_exitcode(status)})


answer({"version": version})
for line in os.fdopen(os.dup(0), "r"):
    run(json.loads(line))
