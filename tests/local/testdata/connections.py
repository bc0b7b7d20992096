"""What Airflow makes of the texts of connections: tests/testdata/connections_airflow.json.

python connections.py < texts.json: reads a list of texts, writes a list of connections, with
"refused" for a text that Airflow raises on.
"""

import json
import sys

from airflow.sdk._shared.secrets_backend.base import BaseSecretsBackend
from airflow.sdk import Connection

FIELDS = ("conn_type", "host", "schema", "login", "password", "port", "extra")


def read(text: str):
    try:
        found = BaseSecretsBackend._deserialize_connection_value(Connection, "c", text)
    except Exception:
        return "refused"
    return {name: getattr(found, name) for name in FIELDS}


print(json.dumps([read(text) for text in json.load(sys.stdin)]))
