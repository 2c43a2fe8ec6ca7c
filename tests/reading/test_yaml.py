"""YAML 1.2 as JSON: the core schema's values, keys as text, aliases, merge keys; and nothing but DocumentError."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml as pyyaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from monitor.errors import DocumentError, DuplicateKey
from monitor.reading import contract_of, read
from monitor.values import canonical_bytes, same

HEAD = "openapi: 3.1.0\n"


def value_of(text: str) -> Any:
    """What `x: TEXT` is read as."""
    return read(f"{HEAD}x: {text}\n".encode()).root["x"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"), ("on", "on"), ("yes", "yes"), ("off", "off"), ("y", "y"), ("NO", "NO"),
        ("true", True), ("True", True), ("FALSE", False), ("tRue", "tRue"),
        ("~", None), ("null", None), ("NULL", None), ("", None), ("nil", "nil"),
        ("0", 0), ("-7", -7), ("+7", 7), ("0o14", 12), ("0x1F", 31),
        ("014", "014"), ("1_000", "1_000"), ("12:30:45", "12:30:45"), ("1,000", "1,000"),
        ("1.50", 1.5), ("-2.5e3", -2500.0), (".5", 0.5), ("1.2.3", "1.2.3"), ("1e400", "1e400"), ("0b11", 3),
        ("2020-01-01", "2020-01-01"), ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z"),
        ("'42'", "42"), ('"true"', "true"), ("!!str 42", "42"), ("!!int '42'", 42),
        ("!!binary aGVsbG8=", "aGVsbG8="), ("!!timestamp 2020-01-01", "2020-01-01"),
        ("123456789012345678901234567890", 123456789012345678901234567890),
        ("=", "="), ("a # comment", "a"), ("a#b", "a#b"), ("{a: 1,}", {"a": 1}), ("!!set {a, b}", {"a": None, "b": None}),
    ],
)  # fmt: skip
def test_a_plain_value_is_what_the_core_schema_says(text: str, value: Any) -> None:
    found = value_of(text)
    assert found == value
    assert type(found) is type(value)


def test_a_number_beyond_128_bits_loses_digits_in_yaml_and_none_in_json() -> None:
    digits = "9" * 60
    assert read(f'{{"openapi": "3.1.0", "x": {digits}}}'.encode()).root["x"] == int(digits)
    assert value_of(digits) == float(digits)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("200", "200"), ("4xx", "4xx"), ("0x10", "16"), ("1.5", "1.5"), ("true", "true"), ("False", "false"),
        ("null", "null"), ("~", "null"), ("on", "on"), ("'200'", "200"), ("2020-01-01", "2020-01-01"), ("-.INF", "-.inf"),
        ("? 200\n  ", "200"), ("é", "é"),
    ],
)  # fmt: skip
def test_a_key_is_text(key: str, name: str) -> None:
    assert read(f"{HEAD}x:\n  {key}: a\n".encode()).root["x"] == {name: "a"}


def test_a_status_is_a_status_however_it_is_written() -> None:
    body = "paths: {/a: {get: {responses: {%s: {description: Fine.}}}}}"
    documents = [read((HEAD + body % status).encode()) for status in ("200", "'200'", '"200"')]
    assert len({canonical_bytes(document.root) for document in documents}) == 1
    for document in documents:
        contract = contract_of(document)
        assert [response.status for response in contract.responses(contract.operations()[0])] == ["200"]


def test_an_anchor_may_be_defined_anew_and_an_alias_means_the_last() -> None:
    assert value_of("[&a 1, *a, &a 2, *a]") == [1, 1, 2, 2]


def test_each_alias_is_a_value_of_its_own() -> None:
    root = read(f"{HEAD}a: &a {{p: [1]}}\nb: *a\n".encode()).root
    assert root["a"] == root["b"] == {"p": [1]}
    assert root["a"] is not root["b"]


@pytest.mark.parametrize(
    ("mapping", "merged"),
    [
        ("{<<: *a, q: 3}", {"p": 1, "q": 3, "200": "n"}),
        ("{q: 3, <<: *a}", {"p": 1, "q": 3, "200": "n"}),
        ("{<<: [*a, *b]}", {"p": 1, "q": 2, "200": "n", "r": 5}),
        ("{<<: [*b, *a]}", {"p": 9, "q": 2, "200": "n", "r": 5}),
        ("{<<: *a, '200': own}", {"p": 1, "q": 2, "200": "own"}),
        ("{<<: {<<: *b, r: 6}}", {"p": 9, "r": 6}),
        ("{<<: []}", {}),
        ("{<<: }", {}),
        ("{<<: text}", {"<<": "text"}),
    ],
)
def test_a_merge_key_brings_what_the_mapping_does_not_say_itself(mapping: str, merged: dict[str, Any]) -> None:
    root = read(f"{HEAD}a: &a {{p: 1, q: 2, 200: n}}\nb: &b {{p: 9, r: 5}}\nx: {mapping}\n".encode()).root
    assert root["x"] == merged


def test_a_quoted_merge_key_is_one_too() -> None:
    assert value_of('{"<<": {a: 1}}') == {"a": 1}


def test_one_and_true_are_the_same_key_to_the_parser() -> None:
    with pytest.raises(DuplicateKey):
        value_of("{1: a, true: b}")


def test_json_knows_no_merge_key() -> None:
    assert read(b'{"openapi": "3.1.0", "<<": {"a": 1}}').root["<<"] == {"a": 1}


def test_comments_and_line_ends_change_nothing() -> None:
    plain = read(b"openapi: 3.1.0\ninfo:\n  title: t\n  description: |\n    a\n    b\n")
    for data in (
        b"# first\nopenapi: 3.1.0 # version\n\ninfo:\n  # inside\n  title: t\n  description: |\n    a\n    b\n# last",
        b"openapi: 3.1.0\r\ninfo:\r\n  title: t\r\n  description: |\r\n    a\r\n    b\r\n",
        b"openapi: 3.1.0\rinfo:\r  title: t\r  description: |\r    a\r    b\r",
        b"%YAML 1.2\n---\nopenapi: 3.1.0\ninfo:\n  title: t\n  description: |\n    a\n    b\n...\n",
        b"\xef\xbb\xbfopenapi: 3.1.0\ninfo:\n    title: t\n    description: |\n        a\n        b\n",
        b'"openapi": 3.1.0\n"info": {"title": t, "description": "a\\nb\\n"}\n',
        b"{openapi: 3.1.0, info: {title: t, description: 'a\n\n  b\n\n'}}",
    ):
        assert read(data).root == plain.root
        assert read(data).sha256 != plain.sha256


@pytest.mark.parametrize("odd", ["\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize("style", ["x: a%sb\n", 'x: "a%sb"\n', "x: |-\n  a%sb\n", "x: {k: 'a%sb'}\n", "? a%sb\n: 1\n"])
def test_a_line_break_of_yaml_1_1_is_a_character_like_others(style: str, odd: str) -> None:
    root = read((HEAD + style % odd).encode()).root
    assert f"a{odd}b" in json.dumps(root, ensure_ascii=False).replace("\\u0085", "\x85")


def test_the_name_says_nothing_of_the_syntax() -> None:
    assert read(b"openapi: 3.1.0\n", source="api.json").syntax == "yaml"
    assert read(b'{"openapi": "3.1.0"}', source="api.yaml").syntax == "json"
    assert read(b'# comment\n{"openapi": "3.1.0"}', source="api.json").syntax == "yaml"


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20).filter(lambda text: text != "<<")
NUMBERS = st.integers(-(2**127), 2**127 - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=25,
)


class Dumper(pyyaml.SafeDumper):
    """PyYAML follows YAML 1.1, where `0o14` and `1e3` are no numbers: what begins like one is quoted."""


Dumper.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="'" if text[:1] in tuple("0123456789+-.") else None
    ),
)


def _dumped(root: Any, **style: Any) -> bytes:
    return pyyaml.dump(root, Dumper=Dumper, **style).encode()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(members=st.dictionaries(TEXTS.filter(lambda key: key not in ("openapi", "swagger")), VALUES, max_size=5))
@example(members={"a": "no", "on": "1_000", "200": "0o14", "~": "2020-01-01", "n": "\x85\u2028", "": "=", "b": "1:30"})
@example(members={"a": 1.0, "b": 1, "c": True, "d": "1e3", "e": "\t", "f": " ", "g": "\ufeff", "h": "# c", "i": -0.0})
def test_a_document_reads_alike_as_json_and_as_yaml(members: dict[str, Any]) -> None:
    root = {"openapi": "3.1.0", **members}
    from_json = read(json.dumps(root).encode())
    # The dumper folds line breaks that are none in YAML 1.2 unless it has to escape them.
    plain = not any(odd in json.dumps(root, ensure_ascii=False) for odd in "\x85\u2028\u2029")
    for flow in (False, True, None):
        from_yaml = read(b"---\n" + _dumped(root, allow_unicode=plain, default_flow_style=flow))
        assert (from_json.syntax, from_yaml.syntax) == ("json", "yaml")
        assert same(from_yaml.root, from_json.root)
        assert canonical_bytes(from_yaml.root) == canonical_bytes(from_json.root) == canonical_bytes(root)


def reads_or_refuses(data: bytes) -> None:
    """Raises whatever is no DocumentError."""
    try:
        document = read(data)
    except DocumentError:
        return
    contract_of(document).operations()
    assert read(canonical_bytes(document.root)).root == document.root


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=200))
def test_random_bytes_are_refused_and_nothing_worse(data: bytes) -> None:
    reads_or_refuses(data)


SMALL = {
    "yaml": b"""# A small API
openapi: 3.1.0
info: {title: Small, version: "1"}
paths:
  /a/{id}: &a
    get:
      parameters: [{name: id, in: path, required: true, schema: {type: [string, "null"], maxLength: 1e3}}]
      responses:
        200: {description: 'Fine
          and good.'}
        "404": {$ref: '#/components/responses/No'}
  /b: {<<: *a, summary: "\\u00e9 | \xc3\xa9"}
components:
  responses:
    No:
      description: |
        No.
""",
    "json": b'{"openapi": "3.1.0", "info": {"title": "Small \xc3\xa9", "version": "1"}, "paths": {"/a": {"get": {"responses":'
    b' {"200": {"description": "\\ud83d\\ude00", "x": [1, -2.5e3, true, null, "\\\\"]}}}}}}',
}
PIECES = st.sampled_from([
    b"[", b"]", b"{", b"}", b":", b",", b"- ", b"? ", b"&a ", b"*a", b"!!map ", b"!x ", b"|", b">", b'"', b"'", b"#", b"%",
    b"@", b"`", b"\n", b"\r", b"\t", b" ", b"\0", b"\xff", b"\xc2\x85", b"\xe2\x80\xa8", b"\xef\xbb\xbf", b"---\n",
    b"...\n", b"<<: *a\n", b"1e999", b".nan", b"NaN", b"\\ud800", b"0x", b"~", b"!!set ", b"!!float ", b"!!merge ",
])  # fmt: skip
CUT, FLIP, INSERT, REPEAT = range(4)
EDITS = st.tuples(st.integers(0, 3), st.integers(0, 10_000), st.integers(1, 30), PIECES)


@settings(max_examples=400, deadline=None)
@given(syntax=st.sampled_from(sorted(SMALL)), edits=st.lists(EDITS, min_size=1, max_size=4))
def test_a_damaged_document_is_read_or_refused_and_nothing_worse(
    syntax: str, edits: list[tuple[int, int, int, bytes]]
) -> None:
    data = bytearray(SMALL[syntax])
    for kind, at, length, piece in edits:
        place = at % (len(data) + 1)
        if kind == CUT:
            del data[place : place + length]
        elif kind == FLIP and place < len(data):
            data[place] ^= 1 << (length % 8)
        elif kind == INSERT:
            data[place:place] = piece
        elif kind == REPEAT:
            data[place:place] = piece * length * 10
    reads_or_refuses(bytes(data))


def test_the_small_documents_are_sound() -> None:
    for syntax, data in SMALL.items():
        assert read(data).syntax == syntax
