"""An in-memory Execution API: the server side of Airflow's worker, without a database."""

from execution_api.api import ExecutionApi
from execution_api.state import State

__all__ = ["ExecutionApi", "State"]
