"""Random damage to documents, read in a process of its own: `python -m tests.reading.fuzzing SEED COUNT`.

Each input is made from its number alone. The process dies of SIGPROF when one takes more than `CPU` seconds, and of a
MemoryError when it wants more than `MEMORY`; the number of the input in hand is the last line of its output.
"""

from __future__ import annotations

import json
import random
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress

from monitor.compare import Conventions
from monitor.errors import BudgetExceeded, DocumentError, FetchError
from monitor.fetch import FetchLimits
from monitor.fetch.body import decoded
from monitor.jobs.comparing import Input, diff_documents, open_document
from monitor.jobs.facts import facts_of

CPU = 5
"""Seconds of the processor for one input."""
RESIDENT = 1024 * 1024 * 1024
"""Bytes that the process may have taken at its end."""
MEMORY = 8 * RESIDENT
"""Bytes of address space, so that the machine is safe in any case."""

YAML = b"""\
openapi: 3.1.0
info: {title: Harbour, version: '1', description: "Boats \\u00e9"}
paths:
  /boats/{id}: &boat
    get:
      deprecated: true
      parameters:
        - {name: id, in: path, required: true, schema: {type: [string, 'null'], pattern: '^[a-z]+$'}}
      responses:
        '200':
          description: |
            Fine.
            More.
          content: {application/json: {schema: {$ref: '#/components/schemas/Boat'}}}
  /ships: *boat
components:
  schemas:
    Boat: {type: object, required: [id], properties: {id: {type: string}, next: {$ref: '#/components/schemas/Boat'}}}
"""
DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "Harbour \u2693", "version": "1"},
    "paths": {
        "/boats": {
            "get": {
                "parameters": [{"name": "size", "in": "query", "schema": {"type": "integer", "minimum": 1e3}}],
                "responses": {"200": {"description": "Fine.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Boat"}}}}},
            }
        }
    },
    "components": {"schemas": {"Boat": {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Boat"}}}}},
}  # fmt: skip
SEEDS = (
    YAML,
    json.dumps(DOCUMENT).encode(),
    json.dumps(DOCUMENT, indent=1, ensure_ascii=False).encode(),
    b'{"swagger": "2.0", "info": {"title": "x", "version": "1"}, "paths": {"/a": {"get": {"responses": {}}}}}',
)
TOKENS = (
    b"{", b"}", b"[", b"]", b'"', b"'", b":", b",", b"\n", b"\t", b"\0", b"\\", b"\\u0000", b"\\ud800", b"&a ", b"*a", b"<<: *a", b"!!python/object:os.system",
    b"!!binary |", b"- ", b"? ", b"| ", b"> ", b"---\n", b"...\n", b"%YAML 9.9\n", b"%TAG ! x\n", b"#", b"null", b"~", b"NaN", b"1e999", b"-0", b"0x1F", b"1_000",
    b"9" * 400, b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\xc3", b"\xe2\x80\xa8", b"\r", b'{"$ref": "#"}', b'{"$ref": "#/paths"}', b'{"$ref": "http://169.254.169.254/"}',
    b'"$ref": "#/components/schemas/Boat/properties/next"', b"[" * 300, b'{"a":' * 300, b"- " * 300, b"&a [*a]", b"2026-01-01", b"yes", b"true", b"/", b"~1", b"%2F",
)  # fmt: skip


def damaged(number: int) -> bytes:
    """The input of this number."""
    chance = random.Random(number)
    data = bytearray(chance.choice(SEEDS))
    for _ in range(chance.choice((0, 1, 1, 2, 3, 8, 30))):
        chance.choice(DAMAGES)(data, chance)
    return bytes(data[: 4 * 1024 * 1024])


def _flip(data: bytearray, chance: random.Random) -> None:
    if data:
        data[chance.randrange(len(data))] = chance.randrange(256)


def _cut(data: bytearray, chance: random.Random) -> None:
    begin = chance.randrange(len(data) + 1)
    del data[begin : begin + chance.choice((1, 3, 20, len(data)))]


def _repeat(data: bytearray, chance: random.Random) -> None:
    begin = chance.randrange(len(data) + 1)
    part = bytes(data[begin : begin + chance.choice((1, 10, 200))])
    data[begin:begin] = part * chance.choice((1, 2, 50, 2000))


def _insert(data: bytearray, chance: random.Random) -> None:
    place = chance.randrange(len(data) + 1)
    data[place:place] = chance.choice(TOKENS)


def _swap(data: bytearray, chance: random.Random) -> None:
    lines = bytes(data).split(b"\n")
    chance.shuffle(lines)
    data[:] = b"\n".join(lines)


DAMAGES: tuple[Callable[[bytearray, random.Random], None], ...] = (_flip, _cut, _repeat, _insert, _insert, _swap)


def read_one(number: int) -> str:
    """What becomes of one input: the name of the refusal, or `read`. Whatever else is raised is a fault."""
    data = damaged(number)
    with suppress(FetchError):
        decoded([data], ("gzip", "deflate", "br", "zstd")[number % 4], FetchLimits(), where="x")
    try:
        facts_of(open_document(data, "fuzz"), Conventions())
    except DocumentError as error:
        return type(error).__name__ if str(error) else "an error without words"
    return "read"


def compare_one(number: int) -> None:
    """What was read, compared with the document that it was made from."""
    seed = random.Random(number).choice(SEEDS)
    with suppress(BudgetExceeded):
        diff_documents(Input(seed, "before"), Input(damaged(number), "after"))


def main(seed: int, count: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    seen: dict[str, int] = {}
    for number in range(seed, seed + count):
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        signal.setitimer(signal.ITIMER_PROF, CPU)  # which ends the process, also within an extension
        outcome = read_one(number)
        seen[outcome] = seen.get(outcome, 0) + 1
        if outcome == "read":
            signal.setitimer(signal.ITIMER_PROF, 6 * CPU)  # its own budget is of steps, not of seconds
            compare_one(number)
    signal.setitimer(signal.ITIMER_PROF, 0)
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    sys.stdout.write(json.dumps({"seen": seen, "resident": resident}) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
