"""Has Airflow's Dag processor parse one bundle, by its own process class, and prints the result.

argv: the bundle's file, its Dag bundle's folder. Airflow is configured by the environment.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ANSWER = sys.stdout
sys.stdout = sys.stderr

import structlog
from airflow.dag_processing.lang_sdk_processor import LangSDKDagFileProcessorProcess


def main(file, folder):
    result = LangSDKDagFileProcessorProcess.run(
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
