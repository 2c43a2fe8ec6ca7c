"""How much a document may be, and how little."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from monitor import errors
from monitor.reading import Limits, read


def test_more_bytes_than_the_limit_are_not_looked_at(document: Callable[..., bytes]) -> None:
    with pytest.raises(errors.DocumentTooLarge, match=r"2\.0 MiB, more than the limit of 1 MiB"):
        read(b"[" * (2 * 1024 * 1024), limits=Limits(bytes=1024 * 1024))
    assert read(document(), limits=Limits(bytes=len(document()))).openapi == "3.0.3"


def test_aliases_count_what_they_stand_for() -> None:
    data = ("openapi: 3.1.0\na: &a [1, 2, 3, 4, 5, 6, 7]\nb: [" + ", ".join(["*a"] * 100) + "]\n").encode()
    assert read(data, limits=Limits(nodes=900)).root["b"][99] == [1, 2, 3, 4, 5, 6, 7]
    with pytest.raises(errors.TooManyAliases, match="more values than a document may have"):
        read(data, limits=Limits(nodes=800))


def test_no_cut_of_a_json_document_passes_for_anything_else(document: Callable[..., bytes]) -> None:
    data = document(x=["é", -1.5e3, True, None, '\\"\u2028']).replace(b"\\u00e9", "é".encode())
    for end in range(1, len(data)):
        with pytest.raises(errors.DocumentTruncated):
            read(data[:end])


def nested(depth: int) -> dict[str, object]:
    value: dict[str, object] = {}
    for _ in range(depth):
        value = {"a": value}
    return value


def test_json_nests_200_levels_and_no_more(document: Callable[..., bytes]) -> None:
    assert read(document(x=nested(198))).openapi == "3.0.3"
    with pytest.raises(errors.TooDeep, match="200 levels"):
        read(document(x=nested(200)))


@pytest.mark.parametrize("opening", ["- ", "[", "{a: "])
def test_yaml_nests_128_levels_and_no_more(opening: str) -> None:
    closing = {"[": "]", "{a: ": "}", "- ": ""}[opening]
    head = "openapi: 3.1.0\nx:\n  "
    assert "x" in read((head + opening * 125 + "1" + closing * 125).encode()).root
    with pytest.raises(errors.TooDeep, match="128 levels"):
        read((head + opening * 130 + "1" + closing * 130).encode())


@pytest.mark.parametrize("inner", ["[]", "{}", "[[]]", '{"a": {}}', "1", '"a,b"', '"[{,\\\\\\""', "[1, 2]"])
def test_a_json_document_has_no_more_values_than_a_yaml_document_may_have(inner: str) -> None:
    data = ('{"openapi": "3.1.0", "x-list": [' + ", ".join([inner] * 100) + "]}").encode()
    values = 3 + 100 * {"[[]]": 2, '{"a": {}}': 2, "[1, 2]": 3}.get(inner, 1)
    assert len(read(data, limits=Limits(nodes=values)).root["x-list"]) == 100
    with pytest.raises(errors.DocumentTooLarge, match=f"more than {values - 1} values"):
        read(data, limits=Limits(nodes=values - 1))


def test_64_mib_of_empty_lists_are_refused_before_they_take_a_gigabyte_of_memory() -> None:
    code = (
        "import resource; from monitor.reading import read\n"
        "data = b'{\"openapi\": \"3.1.0\", \"x-list\": [' + b'[],' * 22_000_000 + b'[]]}'\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try: read(data)\n"
        "except Exception as error: print(type(error).__name__)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    name, kilobytes = ended.stdout.split()
    assert name == "DocumentTooLarge"
    assert int(kilobytes) < 200_000
