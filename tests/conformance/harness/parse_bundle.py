"""Has Airflow's Dag processor parse one bundle, by its own process class, and prints the result.

argv: the bundle's file, its Dag bundle's folder, and the variables that Airflow's API has, as JSON;
without these there is no API. Airflow is configured by the environment.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ANSWER = sys.stdout
sys.stdout = sys.stderr

import structlog
from airflow.dag_processing.lang_sdk_processor import LangSDKDagFileProcessorProcess
from airflow.sdk.api.client import Client

# Whichever the client is built on: httpx2 from 3.4 on.
http = sys.modules[Client.__mro__[1].__module__.partition(".")[0]]


def client_of(variables):
    """The Dag processor's client, whose transport answers for variables alone."""

    def answer(request):
        key = request.url.path.rpartition("/")[2]
        if key not in variables:
            return http.Response(404, json={"detail": {"reason": "not_found"}})
        return http.Response(200, json={"key": key, "value": variables[key]})

    return Client(base_url="http://in-process.invalid./", token="", transport=http.MockTransport(answer))


def main(file, folder, variables=None):
    class Process(LangSDKDagFileProcessorProcess):
        @classmethod
        def start(cls, **kwargs):
            client = None if variables is None else client_of(json.loads(variables))
            return super().start(client=client, **kwargs)

    result = Process.run(
        path=Path(file),
        bundle_path=Path(folder),
        bundle_name="native",
        dag_file_rel_path=str(Path(file).relative_to(folder)),
        logger=structlog.get_logger(),
    )
    answer = {
        "import_errors": result.import_errors or {},
        "dags": {dag.data["dag"]["dag_id"]: dag.data for dag in result.serialized_dags},
        "sources": {
            dag_id: {"language": code.language, "text": code.source_code}
            for dag_id, code in result.dag_source_codes.items()
        },
    }
    json.dump(answer, ANSWER)


main(*sys.argv[1:])
