"""The other end of python_test.ts: frames of msgpack by msgspec, the codec of Airflow.

    python_peer.py echo    decodes each frame of stdin and encodes it again to stdout
    python_peer.py make    writes 1000 frames of [value, text that describes it]
"""

import random
import struct
import sys
from datetime import datetime, timedelta, timezone

import msgspec

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
ALPHABETS = ("abc_ 09", "äß€é", "日本語", "a\U0001f600\ufeff\0")


def frame(payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + payload


def echo() -> None:
    stream = sys.stdin.buffer.read()
    out = []
    at = 0
    while at < len(stream):
        (length,) = struct.unpack_from(">I", stream, at)
        at += 4
        out.append(frame(msgspec.msgpack.encode(msgspec.msgpack.decode(stream[at : at + length]))))
        at += length
    sys.stdout.buffer.write(b"".join(out))


def text(rng: random.Random) -> str:
    alphabet = rng.choice(ALPHABETS)
    return "".join(rng.choices(alphabet, k=rng.choice((0, 1, 5, 31, 32, 128, 255, 256, 400))))


def scalar(rng: random.Random):
    kind = rng.randrange(8)
    if kind == 0:
        return rng.choice((None, True, False))
    if kind == 1:
        return rng.randrange(-(2**63), 2**64)
    if kind == 2:
        size = 2 ** rng.randrange(1, 64)
        return rng.randrange(-size, size)
    if kind == 3:
        # a whole float would come back as an integer's text
        return rng.choice((-0.0, 0.1, float("inf"), float("-inf"), rng.random() * 1e-3))
    if kind == 4:
        return rng.randbytes(rng.choice((0, 1, 255, 256)))
    if kind == 5:
        return EPOCH + timedelta(microseconds=rng.randrange(-(10**16), 10**17))
    if kind == 6:
        return EPOCH + timedelta(seconds=rng.randrange(2**33))
    return text(rng)


def value(rng: random.Random, depth: int = 0):
    kind = rng.randrange(3) if depth < 4 else 0
    size = rng.choice((0, 1, 2, 3, 4, 15, 16)) if depth < 2 else rng.randrange(4)
    if kind == 0:
        return scalar(rng)
    if kind == 1:
        return [value(rng, depth + 1) for _ in range(size)]
    # a letter first: the keys of a JavaScript object that look like indexes lose their place
    made = {"k" + text(rng): value(rng, depth + 1) for _ in range(size)}
    if rng.randrange(4) == 0:
        made[rng.randrange(-1000, 2**40)] = scalar(rng)
    return made


def describe(made) -> str:
    if made is None:
        return "null"
    if isinstance(made, bool):
        return str(made).lower()
    if isinstance(made, int):
        return f"int:{made}"
    if isinstance(made, float):
        return f"float:{struct.pack('>d', made).hex()}"
    if isinstance(made, str):
        return f"str:{made.encode().hex()}"
    if isinstance(made, bytes):
        return f"bytes:{made.hex()}"
    if isinstance(made, datetime):
        return f"us:{(made - EPOCH) // timedelta(microseconds=1)}"
    if isinstance(made, list):
        return f"[{','.join(map(describe, made))}]"
    return f"{{{','.join(f'{describe(k)}={describe(v)}' for k, v in made.items())}}}"


def make() -> None:
    rng = random.Random(43)
    for _ in range(1000):
        made = value(rng)
        sys.stdout.buffer.write(frame(msgspec.msgpack.encode([made, describe(made)])))


if __name__ == "__main__":
    {"echo": echo, "make": make}[sys.argv[1]]()
