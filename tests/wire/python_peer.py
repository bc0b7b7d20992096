"""The other end of python_test.ts: msgpack by msgspec, the codec of Airflow, and by msgpack.

    python_peer.py check          reads frames of [value, text that describes it] from stdin, and
                                  makes sure that both codecs read the value as described and write
                                  the same bytes again; writes a frame with how many there were
    python_peer.py make COUNT     writes COUNT such frames, made by the codecs in turn
"""

import random
import struct
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any, BinaryIO

import msgpack
import msgspec

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
ALPHABETS = ("abc_ 09", "äß€é", "日本語", "a\U0001f600\ufeff\0")
TEXT_LENGTHS = (0, 1, 3, 5, 8, 31, 32)
LONG_TEXT_LENGTHS = (128, 255, 256, 400)

Codec = tuple[str, Callable[[Any], bytes], Callable[[bytes], Any]]
CODECS: tuple[Codec, Codec] = (
    ("msgspec", msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder().decode),
    (
        "msgpack",
        lambda value: msgpack.packb(value, datetime=True),
        lambda data: msgpack.unpackb(data, timestamp=3, strict_map_key=False),
    ),
)


def frames(stream: BinaryIO) -> Iterator[bytes]:
    while head := stream.read(4):
        (length,) = struct.unpack(">I", head)
        yield stream.read(length)


def write_frame(stream: BinaryIO, payload: bytes) -> None:
    stream.write(struct.pack(">I", len(payload)) + payload)


def check() -> None:
    count = 0
    for payload in frames(sys.stdin.buffer):
        for name, encode, decode in CODECS:
            made, told = decode(payload)
            if (found := describe(made)) != told:
                sys.exit(f"{name} reads value {count} as {found}, not as {told}")
            if encode([made, told]) != payload:
                sys.exit(f"{name} writes value {count} in other bytes: {told}")
        count += 1
    write_frame(sys.stdout.buffer, msgspec.msgpack.encode(count))


def text(rng: random.Random) -> str:
    lengths = LONG_TEXT_LENGTHS if rng.random() < 0.05 else TEXT_LENGTHS
    return "".join(rng.choices(rng.choice(ALPHABETS), k=rng.choice(lengths)))


def scalar(rng: random.Random) -> Any:
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
        return rng.randbytes(rng.choice((0, 1, 7, 31, 32, 255, 256)))
    if kind == 5:
        return EPOCH + timedelta(microseconds=rng.randrange(-(10**16), 10**17))
    if kind == 6:
        return EPOCH + timedelta(seconds=rng.randrange(2**33))
    return text(rng)


def value(rng: random.Random, depth: int = 0) -> Any:
    kind = rng.randrange(3) if depth < 4 else 0
    size = rng.choice((15, 16)) if rng.random() < 0.02 else rng.randrange(4)
    if kind == 0:
        return scalar(rng)
    if kind == 1:
        return [value(rng, depth + 1) for _ in range(size)]
    # a letter first: the keys of a JavaScript object that look like indexes lose their place
    made = {"k" + text(rng): value(rng, depth + 1) for _ in range(size)}
    if rng.randrange(4) == 0:
        made[rng.randrange(-1000, 2**40)] = scalar(rng)
    return made


def describe(made: Any) -> str:
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


def make(count: int) -> None:
    rng = random.Random(43)
    for index in range(count):
        made = value(rng)
        _, encode, _ = CODECS[index % 2]
        write_frame(sys.stdout.buffer, encode([made, describe(made)]))


if __name__ == "__main__":
    check() if sys.argv[1] == "check" else make(int(sys.argv[2]))
