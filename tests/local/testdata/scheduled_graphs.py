"""
Random small Dags, and the states in which Airflow's own scheduler leaves their task instances.

    AIRFLOW_HOME=$(mktemp -d) AIRFLOW__CORE__LOAD_EXAMPLES=False PYTHON scheduled_graphs.py 420 \
        > scheduled_graphs.jsonl

PYTHON is one with Airflow 3.4.0b2. Each line is a Dag, what its tasks end with when they run, and
what became of them: DagRun.update_state() says which task instances are to run, as it does for the
scheduler and for `airflow dags test`; all of them end before it is asked again.

The Dags are the same each time. Where a mapped task is to be skipped by its rule while the task that
it is mapped over has not run, Airflow itself says once "skipped" and once "upstream_failed": it asks
both rules in the order of a set. Line 201 is one such; the worse state is the one that `dev` takes.
"""

import json
import os
import random
import sys
from datetime import datetime, timezone

# The graphs go to stdout, what Airflow says on the way does not.
GRAPHS = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

from airflow.utils.db import initdb  # noqa: E402

initdb()

from airflow.models.dag_version import DagVersion  # noqa: E402
from airflow.models.dagbundle import DagBundleModel  # noqa: E402
from airflow.models.serialized_dag import SerializedDagModel  # noqa: E402
from airflow.models.taskinstance import TaskInstance  # noqa: E402
from airflow.models.xcom import XComModel  # noqa: E402
from airflow.sdk import DAG, BaseOperator, task_group  # noqa: E402
from airflow.serialization.serialized_objects import DagSerialization, LazyDeserializedDAG  # noqa: E402
from airflow.serialization.definitions.dag import SerializedDAG  # noqa: E402
from airflow.utils.session import create_session  # noqa: E402
from airflow.utils.state import DagRunState, TaskInstanceState  # noqa: E402
from airflow.utils.types import DagRunTriggeredByType, DagRunType  # noqa: E402

RULES = [
    "all_success", "all_failed", "all_done", "all_done_min_one_success", "one_success",
    "one_failed", "one_done", "none_failed", "none_failed_min_one_success", "none_skipped",
    "all_skipped", "always",
]
NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)


class Work(BaseOperator):
    """Never runs: the script says how it ends."""

    def __init__(self, item=None, **kwargs):
        super().__init__(**kwargs)
        self.item = item

    def execute(self, context):
        return None


def random_spec(rng, mapped):
    """What a Dag is made of; tasks come after those before them."""
    tasks, lengths, skips = [], {}, {}
    groups = {}
    size = rng.randint(2, 7)
    for number in range(size):
        task_id = f"t{number}"
        before = [each["id"] for each in tasks]
        upstream = rng.sample(before, min(len(before), rng.choice([0, 1, 1, 2, 2, 3])))
        task = {"id": task_id, "up": sorted(upstream), "rule": rng.choice(RULES + ["all_success"] * 8)}
        if mapped:
            lists = [each["id"] for each in tasks if "map" not in each and "group" not in each]
            if rng.random() < 0.35:
                task["map"] = rng.choice([1, 2, 3]) if not lists or rng.random() < 0.5 else rng.choice(lists)
            elif rng.random() < 0.35:
                if "g" not in groups:
                    groups["g"] = rng.choice([2, 3]) if not lists or rng.random() < 0.5 else rng.choice(lists)
                task["group"] = "g"
                task["id"] = f"g.t{number}"
                # Airflow refuses this rule in a mapped group.
                task["rule"] = task["rule"].replace("always", "all_success")
            source = task.get("map")
            if isinstance(source, str):
                lengths[source] = rng.choice([0, 1, 2, 2, 3])
                task["up"] = sorted({*task["up"], source})
        tasks.append(task)
    # What a group is mapped over comes before all of it, and never after.
    if isinstance(groups.get("g"), str):
        source = groups["g"]
        lengths.setdefault(source, rng.choice([0, 1, 2, 3]))
        for task in tasks:
            if task.get("group") == "g":
                task["up"] = sorted({*task["up"], source})
    outcomes = {}
    for task in tasks:
        ends = ["success"] * 6 + ["failed"] * 3 + ["skipped"] * 2
        several = "map" in task or "group" in task
        outcomes[task["id"]] = [rng.choice(ends) for _ in range(3)] if several else rng.choice(ends)
    if not mapped and rng.random() < 0.4:
        for task in tasks:
            behind = [each["id"] for each in tasks if task["id"] in each["up"]]
            if behind and rng.random() < 0.3:
                skips[task["id"]] = rng.sample(behind, rng.randint(1, len(behind)))
    if not mapped and rng.random() < 0.35 and size > 2:
        # A setup before all that follows it, and its teardown at the end.
        tasks[0]["role"] = "setup"
        tasks[0]["rule"] = "all_success"
        tasks[-1]["role"] = "teardown"
        tasks[-1]["rule"] = "all_done_setup_success"
        tasks[-1]["up"] = sorted({*tasks[-1]["up"], tasks[0]["id"]})
        if rng.random() < 0.3:
            tasks[-1]["failsRun"] = True
    return {
        "tasks": tasks, "groups": groups, "outcomes": outcomes, "skips": skips, "lengths": lengths,
    }


def make_dag(spec, dag_id):
    made = {}

    def make(each):
        options = {"task_id": each["id"].removeprefix("g."), "trigger_rule": each["rule"]}
        if each.get("role"):
            options.pop("trigger_rule")
        source = each.get("map")
        if source is None:
            made[each["id"]] = Work(**options)
        else:
            items = list(range(source)) if isinstance(source, int) else made[source].output
            made[each["id"]] = Work.partial(**options).expand(item=items)

    with DAG(dag_id, schedule=None, start_date=NOW) as dag:
        inside = [each for each in spec["tasks"] if each.get("group")]
        later = [each for each in spec["tasks"] if not each.get("group")]
        for each in later:
            make(each)

        if inside:
            source = spec["groups"]["g"]

            @task_group(group_id="g")
            def g(item):
                for each in inside:
                    make(each)

            g.expand(item=list(range(source)) if isinstance(source, int) else made[source].output)
        for each in spec["tasks"]:
            for upstream in each["up"]:
                made[each["id"]].set_upstream(made[upstream])
        for each in spec["tasks"]:
            if each.get("role") == "setup":
                made[each["id"]].as_setup()
            if each.get("role") == "teardown":
                setups = [made[up] for up in each["up"] if up == "t0"]
                made[each["id"]].as_teardown(
                    setups=setups, on_failure_fail_dagrun=each.get("failsRun", False)
                )
    return dag


def end_of(spec, ti):
    outcome = spec["outcomes"][ti.task_id]
    return outcome if isinstance(outcome, str) else outcome[max(0, ti.map_index) % len(outcome)]


def run(spec, dag_id, session):
    dag = make_dag(spec, dag_id)
    lazy = LazyDeserializedDAG.from_dag(dag)
    SerializedDAG.bulk_write_to_db("graphs", None, [lazy], session=session)
    SerializedDagModel.write_dag(lazy, bundle_name="graphs", session=session)
    session.flush()
    scheduled = DagSerialization.deserialize_dag(DagSerialization.serialize_dag(dag))
    dagrun = scheduled.create_dagrun(
        run_id="r", logical_date=NOW, data_interval=(NOW, NOW), run_after=NOW,
        run_type=DagRunType.MANUAL, triggered_by=DagRunTriggeredByType.TEST,
        state=DagRunState.RUNNING, start_date=NOW, session=session,
    )
    dagrun.dag = scheduled
    for _ in range(40):
        session.commit()
        session.expire_all()
        dagrun.dag = scheduled
        ready, _ = dagrun.update_state(session=session, execute_callbacks=False)
        session.flush()
        if dagrun.state != DagRunState.RUNNING:
            break
        for ti in ready:
            end = end_of(spec, ti)
            ti.state = TaskInstanceState(end)
            ti.try_number = 1
            session.flush()
            if end != "success":
                continue
            length = spec["lengths"].get(ti.task_id)
            if length is not None or ti.map_index >= 0:
                value = list(range(length)) if length is not None else 1
                XComModel.set(
                    key="return_value", value=value, dag_id=dag_id, task_id=ti.task_id, run_id="r",
                    map_index=ti.map_index, mapped_length=length, session=session,
                )
            for target in spec["skips"].get(ti.task_id, []):
                for other in dagrun.get_task_instances(session=session):
                    if other.task_id == target and other.state not in ("running", "success", "failed"):
                        other.state = TaskInstanceState.SKIPPED
        session.flush()
    states = {}
    for ti in session.query(TaskInstance).filter_by(dag_id=dag_id, run_id="r"):
        name = ti.task_id if ti.map_index < 0 else f"{ti.task_id}[{ti.map_index}]"
        states[name] = ti.state
    return {**spec, "expect": dict(sorted(states.items())), "run": str(dagrun.state)}


def main(count):
    rng = random.Random(20260101)
    with create_session() as session:
        session.add(DagBundleModel(name="graphs"))
        session.flush()
        for number in range(count):
            spec = random_spec(rng, mapped=number % 3 == 2)
            try:
                told = run(spec, f"graph_{number}", session)
            except Exception as error:
                print(number, type(error).__name__, error, spec, file=sys.stderr)
                raise
            print(json.dumps(told, separators=(",", ":")), file=GRAPHS, flush=True)


main(int(sys.argv[1]))
