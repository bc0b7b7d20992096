"""Print what Airflow's own readers make of the bundles named, one JSON object a line.

Run by airflow_test.ts with a Python that has apache-airflow-task-sdk 3.3 or 3.4.
"""

import json
import pathlib
import sys

from airflow.sdk.coordinators.executable.coordinator import _Bundle, _read_bundle_metadata

try:
    from airflow.sdk.coordinators.node._bundle_reader import (
        read_bundle,
        read_bundle_entrypoint_source,
    )
    from airflow.sdk.coordinators.node.coordinator import _Bundle as _NodeBundle
except ImportError:
    read_bundle = None

for name in sys.argv[1:]:
    path = pathlib.Path(name)
    if not name.endswith(".min.mjs"):
        metadata = _read_bundle_metadata(path)
        dags = {} if metadata is None else metadata["dags"]
        found = {dag: _Bundle.find([path.parent], dag) for dag in dags}
        answer = {
            "metadata": metadata,
            "found": {dag: [str(b.path), b.schema_version] for dag, b in found.items()},
        }
    elif read_bundle is None:
        answer = {"unsupported": True}
    else:
        metadata = read_bundle(path)
        found = {dag: _NodeBundle.find([path.parent], dag) for dag in metadata.dag_ids}
        answer = {
            "found": {dag: [str(b.path), b.schema_version] for dag, b in found.items()},
            "source": read_bundle_entrypoint_source(path),
        }
    print(json.dumps(answer))
