"""Writes this Airflow's schema version, then for each frame on stdin "1" if it would be answered, else "0"."""

import json
import struct
import sys
from pathlib import Path

import msgspec
from airflow.sdk.execution_time import comms
from airflow.sdk.execution_time.comms import ToSupervisor, _RequestFrame
from pydantic import TypeAdapter

adapter = TypeAdapter(ToSupervisor)
decoder = msgspec.msgpack.Decoder(_RequestFrame)
schema = Path(comms.__file__).parent / "schema" / "schema.json"
verdicts = [json.loads(schema.read_text())["api_version"]]
while head := sys.stdin.buffer.read(4):
    data = sys.stdin.buffer.read(struct.unpack(">I", head)[0])
    try:
        adapter.validate_python(decoder.decode(data).body)
        verdicts.append("1")
    except Exception:
        verdicts.append("0")
sys.stdout.write("\n".join(verdicts))
