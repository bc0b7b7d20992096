"""Prints which bundle Airflow's own coordinators would run, for each case on stdin, a JSON a line.

A case is {"config", "env", "own", "dags"}; the answer {"error"} when the settings as a whole are
refused, else by queue {"error"} or, by dag_id, the path of the bundle or null.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace

from airflow import settings
from airflow.configuration import conf as core_conf
from airflow.sdk.api.datamodels._generated import BundleInfo
from airflow.sdk.configuration import conf
from airflow.sdk.execution_time.coordinator import CoordinatorManager

try:
    from airflow.dag_processing.bundles.manager import _load_bundle_config_snapshot
except ImportError:
    _load_bundle_config_snapshot = None


def apply(case):
    for name in [name for name in os.environ if name.startswith("AIRFLOW__SDK__")]:
        del os.environ[name]
    os.environ.update(case["env"])
    for each in (conf, core_conf):
        each.remove_all_read_configurations()
        each.read(case["config"])
    if _load_bundle_config_snapshot:
        _load_bundle_config_snapshot.cache_clear()
    settings.DAGS_FOLDER = os.path.expanduser(core_conf.get_mandatory_value("core", "dags_folder"))


def find(coordinator, dag_id, own):
    what = SimpleNamespace(dag_id=dag_id)
    try:
        if not hasattr(coordinator, "_resolve_artifact_bundle"):
            command, _ = coordinator._build_execute_task_command(what=what)
        else:
            bundle = coordinator._resolve_artifact_bundle(BundleInfo(name=own), SimpleNamespace())
            with coordinator._set_scan_roots([bundle.path]):
                command, _ = coordinator._build_execute_task_command(what=what)
    except FileNotFoundError:
        return None
    return str(Path(command[-1]))


def answer(case):
    apply(case)
    try:
        manager = CoordinatorManager.from_config()
    except Exception as error:
        return {"error": str(error)}
    found = {}
    for queue in manager._queue_to_coordinator:
        try:
            coordinator = manager.for_queue(queue)
        except Exception as error:
            found[queue] = {"error": str(error)}
        else:
            found[queue] = {dag: find(coordinator, dag, case["own"]) for dag in case["dags"]}
    return {"queues": found}


for line in sys.stdin:
    print("\n" + json.dumps(answer(json.loads(line))), flush=True)
