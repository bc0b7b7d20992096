"""Has Airflow's Dag processor parse one file by its own process class, and prints what that took.

argv: the file, its Dag bundle's folder. Airflow is configured by the environment. Prints
`{"version", "seconds", "dags", "tasks", "bytes", "peakMiB", "errors"}`: the seconds run from before
the process is started until Airflow has checked its result, the bytes are those of the serialized
Dags as MessagePack, the peak is the parsing process's own.
"""

from __future__ import annotations

import json
import resource
import selectors
import sys
import time
from pathlib import Path

ANSWER = sys.stdout
sys.stdout = sys.stderr

import airflow
import msgspec
import structlog
from airflow.dag_processing.lang_sdk_processor import LangSDKDagFileProcessorProcess
from airflow.dag_processing.processor import DagFileProcessorProcess
from airflow.sdk.api.client import Client
from uuid6 import uuid7


def parse_python(selector, client, **kwargs):
    process = DagFileProcessorProcess.start(
        id=uuid7(), callbacks=[], selector=selector, client=client, **kwargs
    )
    while not process.is_ready:
        process._service_subprocess(max_wait_time=0.1)
    process.close()
    return process.parsing_result


def main(file, folder):
    where = {
        "path": Path(file),
        "bundle_path": Path(folder),
        "bundle_name": "native",
        "dag_file_rel_path": str(Path(file).relative_to(folder)),
        "logger": structlog.get_logger(),
    }
    # Importing Airflow is the Dag processor's own affair, once; its processes are forked from it.
    client = Client(base_url=None, dry_run=True, token="")
    begin = time.monotonic()
    if file.endswith(".py"):
        with selectors.DefaultSelector() as selector:
            result = parse_python(selector, client, **where)
    else:
        result = LangSDKDagFileProcessorProcess.run(**where)
    seconds = time.monotonic() - begin
    dags = [dag.data for dag in result.serialized_dags]
    answer = {
        "version": airflow.__version__,
        "seconds": seconds,
        "dags": len(dags),
        "tasks": sum(len(data["dag"]["tasks"]) for data in dags),
        "bytes": len(msgspec.msgpack.encode(dags)),
        "peakMiB": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
        "errors": result.import_errors or {},
    }
    json.dump(answer, ANSWER)


main(*sys.argv[1:])
