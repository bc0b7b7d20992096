"""The table of all routes; a further resource is one more module with a ``ROUTES`` list."""

from execution_api import assets, dag_runs, hitl, secrets, stores, task_instances, xcoms
from execution_api.api import Route

ROUTES: list[Route] = [
    *task_instances.ROUTES,
    *secrets.ROUTES,
    *xcoms.ROUTES,
    *stores.ROUTES,
    *assets.ROUTES,
    *dag_runs.ROUTES,
    *hitl.ROUTES,
]
