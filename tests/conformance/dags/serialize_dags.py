"""Builds Dags from data, with Airflow's own classes, and prints what Airflow serializes them to.

Reads `{"dags": [...]}` from stdin (see tests/runtime/dag/dag_spec.ts for its form) and prints
`{"airflow": version, "dags": {dag_id: serialized}, "errors": {dag_id: text}}`. With a `serialized`
mapping next to `dags`, of Dags that were serialized elsewhere, each is read as the Dag processor
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
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.triggers.file import FileDeleteTrigger
from airflow.sdk import (
    DAG,
    Asset,
    AssetAlias,
    AssetAll,
    AssetAny,
    AssetOrTimeSchedule,
    AssetWatcher,
    AsyncCallback,
    BaseOperator,
    CronDataIntervalTimetable,
    CronTriggerTimetable,
    DeadlineAlert,
    DeadlineReference,
    DeltaDataIntervalTimetable,
    DeltaTriggerTimetable,
    EventsTimetable,
    Label,
    MultipleCronTriggerTimetable,
    Param,
    TaskGroup,
)
from airflow.sdk.definitions._internal.expandinput import DictOfListsExpandInput
from airflow.sdk.definitions.taskgroup import MappedTaskGroup
from airflow.serialization.serialized_objects import DagSerialization


class NoopOperator(BaseOperator):
    """A task whose work is of no interest; it can be mapped over `a`, `b` and `c`."""

    def __init__(self, a=None, b=None, c=None, **kwargs):
        super().__init__(**kwargs)
        # Arguments are not fields of the Dag; a language runtime receives them separately.
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
        given = dict(value["__asset"])
        watchers = [
            AssetWatcher(name=each["name"], trigger=FileDeleteTrigger(**each["trigger"]["kwargs"]))
            for each in given.pop("watchers", [])
        ]
        return Asset(**given, watchers=watchers)
    if "__ref" in value:
        return Asset.ref(name=value["__ref"])
    if "__timetable" in value:
        return timetable_of(**value_of(value["__timetable"]))
    if "__deadline" in value:
        return deadline_of(**value_of(value["__deadline"]))
    if "__alias" in value:
        return AssetAlias(value["__alias"])
    if "__any" in value:
        return AssetAny(*value_of(value["__any"]))
    if "__all" in value:
        return AssetAll(*value_of(value["__all"]))
    return {key: value_of(item) for key, item in value.items()}


def timetable_of(kind, **given):
    if kind == "cron":
        return CronTriggerTimetable(given.pop("expression"), **given)
    if kind == "crons":
        return MultipleCronTriggerTimetable(*given.pop("expressions"), **given)
    if kind == "cron-interval":
        return CronDataIntervalTimetable(given.pop("expression"), **given)
    if kind == "delta":
        return DeltaTriggerTimetable(given.pop("delta"), **given)
    if kind == "delta-interval":
        return DeltaDataIntervalTimetable(given["delta"])
    if kind == "events":
        return EventsTimetable(event_dates=given.pop("dates"), **given)
    return AssetOrTimeSchedule(**given)


def deadline_of(reference, interval, callback, name=None):
    references = {
        "logical-date": lambda: DeadlineReference.DAGRUN_LOGICAL_DATE,
        "queued-at": lambda: DeadlineReference.DAGRUN_QUEUED_AT,
    }
    if isinstance(reference, str):
        chosen = references[reference]()
    elif "at" in reference:
        chosen = DeadlineReference.FIXED_DATETIME(reference["at"])
    else:
        chosen = DeadlineReference.AVERAGE_RUNTIME(
            reference["averageRuntimeOf"], reference.get("minRuns")
        )
    return DeadlineAlert(
        reference=chosen,
        interval=interval,
        callback=AsyncCallback(callback["path"], kwargs=callback.get("kwargs")),
        name=name,
    )


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
            role: set(resources)
            if isinstance(resources, list)
            else {resource: set(actions) for resource, actions in resources.items()}
            for role, resources in options["access_control"].items()
        }
    return options


def sources_of(sources, nodes):
    return {name: source_of(source, nodes) for name, source in sources.items()}


def source_of(source, nodes):
    if not isinstance(source, dict):
        return source
    if "__xcom" in source:
        return nodes[source["__xcom"]].output
    first, *others = [nodes[node].output for node in source.get("__zip") or source["__concat"]]
    return first.zip(*others) if "__zip" in source else first.concat(*others)


def build_group(dag, parent, label, given):
    options = options_of(given.get("spec", {}))
    if "expand" not in given:
        return TaskGroup(label, dag=dag, parent_group=parent, **options)
    # As in `@task_group` with `expand()`; the edges are drawn when the group is whole.
    return MappedTaskGroup(
        group_id=label,
        dag=dag,
        parent_group=parent,
        expand_input=DictOfListsExpandInput(given["expand"]),
        **options,
    )


def build_task(dag, task, groups, nodes):
    options = options_of(task["spec"]) | {"dag": dag, "task_group": groups.get(task.get("group"))}
    if task.get("kind") == "empty":
        return EmptyOperator(task_id=task["task_id"], **options)
    if "expand" in task:
        partial = NoopOperator.partial(task_id=task["task_id"], **options)
        return partial.expand(**sources_of(task["expand"], nodes))
    if "expand_kwargs" in task:
        partial = NoopOperator.partial(task_id=task["task_id"], **options)
        return partial.expand_kwargs(source_of(task["expand_kwargs"], nodes))
    return NoopOperator(task_id=task["task_id"], **options)


def key_of(task):
    return ".".join(filter(None, [task.get("group"), task["task_id"]]))


def build(spec):
    dag = DAG(spec["dag_id"], **options_of(spec["spec"]))
    groups = {}
    for key in spec.get("groups", []):
        outer, _, label = key.rpartition(".")
        given = spec.get("group_specs", {}).get(key, {})
        groups[key] = build_group(dag, groups.get(outer), label, given)
    nodes = dict(groups)
    for task in spec["tasks"]:
        operator = build_task(dag, task, groups, nodes)
        if task.get("role") == "setup":
            operator.as_setup()
        elif task.get("role") == "teardown":
            operator.as_teardown(
                setups=[nodes[setup] for setup in task.get("setups", [])] or None,
                on_failure_fail_dagrun=task.get("on_failure_fail_dagrun"),
            )
        nodes[key_of(task)] = operator
    for task in spec["tasks"]:
        for upstream in task["upstream"]:
            nodes[upstream] >> nodes[key_of(task)]
    for first, second, *label in spec.get("order_edges", []):
        # Not `first >> Label(label) >> second`, which takes a group for the innermost groups in it.
        nodes[first].set_downstream(nodes[second], Label(label[0]) if label else None)
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
