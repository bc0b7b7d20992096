"""Builds Dags from data, with Airflow's own classes, and prints what Airflow serializes them to.

Reads `{"dags": [...]}` from stdin (see tests/runtime/dag_spec.ts for its form) and prints
`{"airflow": version, "dags": {dag_id: serialized}, "errors": {dag_id: text}}`. With a `serialized`
mapping beside `dags`, of Dags that were serialized elsewhere, each is read as the Dag processor
does: settings filled in, checked against the schema, deserialized; what is wrong with one is among
the `errors`.
"""

from __future__ import annotations

import datetime
import json
import sys
import warnings

warnings.simplefilter("ignore")
# Airflow logs to stdout; only the answer belongs there.
ANSWER = sys.stdout
sys.stdout = sys.stderr

import airflow
from airflow.sdk import DAG, Asset, AssetAlias, AssetAll, AssetAny, BaseOperator, Param, TaskGroup
from airflow.serialization.serialized_objects import DagSerialization


class NoopOperator(BaseOperator):
    """A task whose work is of no interest; it can be mapped over `a`, `b` and `c`."""

    def __init__(self, a=None, b=None, c=None, **kwargs):
        super().__init__(**kwargs)
        # Arguments are no fields of the Dag: another runtime is told of them in its own way.
        for name in ("a", "b", "c"):
            self.__dict__.pop(name, None)

    def execute(self, context):
        return None


def value_of(value):
    if isinstance(value, list):
        return [value_of(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "__datetime" in value:
        return datetime.datetime.fromisoformat(value["__datetime"])
    if "__timedelta" in value:
        return datetime.timedelta(seconds=value["__timedelta"])
    if "__asset" in value:
        return Asset(**value["__asset"])
    if "__alias" in value:
        return AssetAlias(value["__alias"])
    if "__any" in value:
        return AssetAny(*value_of(value["__any"]))
    if "__all" in value:
        return AssetAll(*value_of(value["__all"]))
    return {key: value_of(item) for key, item in value.items()}


def param_of(value):
    if not isinstance(value, dict):
        return value
    schema = dict(value)
    description = schema.pop("description", None)
    if "default" not in schema:
        return Param(description=description, **schema)
    return Param(schema.pop("default"), description=description, **schema)


def options_of(spec):
    options = {key: value_of(item) for key, item in spec.items() if key != "params"}
    if "params" in spec:
        options["params"] = {name: param_of(param) for name, param in spec["params"].items()}
    if "access_control" in options:
        options["access_control"] = {
            role: {resource: set(actions) for resource, actions in resources.items()}
            for role, resources in options["access_control"].items()
        }
    return options


def build(spec):
    dag = DAG(spec["dag_id"], **options_of(spec["spec"]))
    groups = {}
    for group_id in spec.get("groups", []):
        outer, _, label = group_id.rpartition(".")
        groups[group_id] = TaskGroup(label, dag=dag, parent_group=groups.get(outer))
    nodes = dict(groups)
    for task in spec["tasks"]:
        group = task.get("group")
        options = options_of(task["spec"]) | {"dag": dag, "task_group": groups.get(group)}
        if "expand" in task:
            sources = {
                name: nodes[source["__xcom"]].output if isinstance(source, dict) else source
                for name, source in task["expand"].items()
            }
            operator = NoopOperator.partial(task_id=task["task_id"], **options).expand(**sources)
        else:
            operator = NoopOperator(task_id=task["task_id"], **options)
        if task.get("role") == "setup":
            operator.as_setup()
        elif task.get("role") == "teardown":
            operator.as_teardown()
        nodes[operator.task_id] = operator
    for task in spec["tasks"]:
        own = ".".join(filter(None, [task.get("group"), task["task_id"]]))
        for upstream in task["upstream"]:
            nodes[upstream] >> nodes[own]
    for first, second in spec.get("order_edges", []):
        nodes[first] >> nodes[second]
    return dag


def main():
    given = json.load(sys.stdin)
    dags, errors = {}, {}
    for spec in given.get("dags", []):
        try:
            serialized = DagSerialization.to_dict(build(spec))
        except Exception as error:
            errors[spec["dag_id"]] = f"{type(error).__name__}: {error}"
            continue
        for name in ("fileloc", "relative_fileloc", "_processor_dags_folder"):
            serialized["dag"].pop(name, None)
        dags[spec["dag_id"]] = serialized
    for dag_id, serialized in given.get("serialized", {}).items():
        try:
            DagSerialization.fill_config_defaults(serialized)
            DagSerialization.validate_serialized_dag(serialized)
        except Exception as error:
            errors[dag_id] = f"{type(error).__name__}: {error}"
    json.dump({"airflow": airflow.__version__, "dags": dags, "errors": errors}, ANSWER)


main()
