"""Prints the stub tasks of the Dags in the files named, as Airflow reads and serializes them."""

from __future__ import annotations

import json
import sys

from airflow.dag_processing.dagbag import DagBag
from airflow.serialization.serialized_objects import DagSerialization

stubs = {}
for path in sys.argv[1:]:
    bag = DagBag(path)
    if bag.import_errors:
        raise SystemExit(json.dumps(bag.import_errors, indent=2))
    for dag_id, dag in bag.dags.items():
        DagSerialization.to_dict(dag)
        tasks = [task.task_id for task in dag.tasks if task.operator_name == "@task.stub"]
        if tasks:
            stubs[dag_id] = sorted(tasks)
print("\n" + json.dumps(stubs))
