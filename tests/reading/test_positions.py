"""Where a value stands in the text of a document: lines and columns for JSON pointers."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.reading.positions import Lines, Span, positions, text_of
from monitor.values import join

JSON = """{
  "openapi": "3.0.3",
  "paths": {
    "/a~b": {"get": {"tags": ["x", "y"]}},
    "/c": {
      "get": {}
    }
  }
}
"""
YAML = """\
# A comment.
openapi: 3.0.3
paths:
  /a~b:
    get: {tags: [x, y]}
  /c:
    get:
      description: |
        Two
        lines.

      deprecated: true   # and a comment
    200:
      - one
      - two: 2
        three: 3
shared: &s
  - é𝔘: deep
other: *s
"""


def found(text: str, syntax, *pointers: str) -> list[Span]:
    return list(positions(text, syntax, pointers, Lines(text)).values())


def cut(text: str, span: Span) -> str:
    """What stands at a place, by nothing but its lines and columns."""
    lines = [line.removesuffix("\r") for line in text.split("\n")][span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        ("", JSON.strip()),
        ("/openapi", '"openapi": "3.0.3"'),
        ("/paths/~1a~0b/get/tags/1", '"y"'),
        ("/paths/~1a~0b/get/tags", '"tags": ["x", "y"]'),
        ("/paths/~1c", '"/c": {\n      "get": {}\n    }'),
    ],
)
def test_a_member_of_json_is_found_with_its_key(pointer, expected):
    (span,) = found(JSON, "json", pointer)
    assert span.exact
    assert cut(JSON, span) == expected


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        ("/openapi", "openapi: 3.0.3"),
        ("/paths/~1a~0b/get", "get: {tags: [x, y]}"),
        ("/paths/~1a~0b/get/tags/1", "y"),
        ("/paths/~1c/get/description", "description: |\n        Two\n        lines."),
        ("/paths/~1c/get", "get:\n      description: |\n        Two\n        lines.\n\n      deprecated: true"),
        ("/paths/~1c/200/1", "two: 2\n        three: 3"),
        ("/shared/0/é𝔘", "é𝔘: deep"),
    ],
)
def test_a_member_of_yaml_ends_where_its_last_word_ends(pointer, expected):
    (span,) = found(YAML, "yaml", pointer)
    assert span.exact
    assert cut(YAML, span) == expected


@pytest.mark.parametrize(
    ("text", "syntax", "pointer", "nearest"),
    [
        (JSON, "json", "/paths/~1c/post/x", '"/c": {\n      "get": {}\n    }'),
        (JSON, "json", "/openapi/x", '"openapi": "3.0.3"'),
        (YAML, "yaml", "/other/0", "other: *s"),
        (YAML, "yaml", "/nowhere", YAML[YAML.index("openapi") :].strip()),
    ],
)
def test_what_stands_nowhere_has_the_place_of_what_holds_it(text, syntax, pointer, nearest):
    (span,) = found(text, syntax, pointer)
    assert not span.exact
    assert cut(text, span) == nearest


def test_lines_are_those_of_line_feeds_alone():
    text = '{"a": "x\u2028y\u0085z",\r\n"b": 1}'
    assert [(span.line, span.column) for span in found(text, "json", "/a", "/b")] == [(1, 2), (2, 1)]
    assert Lines(text).line(1) == '{"a": "x\u2028y\u0085z",'
    yaml = 'a: "x\u2028y"\r\nb: 1\r\n'
    assert [(span.line, span.column) for span in found(yaml, "yaml", "/a", "/b")] == [(1, 1), (2, 1)]


def test_a_byte_order_mark_is_no_column():
    text = text_of(b"\xef\xbb\xbfa: 1\n")
    assert found(text, "yaml", "/a")[0] == Span(1, 1, 1, 5)


def test_a_number_may_have_any_number_of_digits():
    (span,) = found('{"n": %s, "m": 1}' % ("9" * 6000), "json", "/m")
    assert span.exact


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=6),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
        max_leaves=12,
    ),
    st.sampled_from([None, 1, 3]),
)
def test_every_value_of_a_json_text_is_where_it_is_said_to_be(value, indent):
    text = json.dumps({"root": value}, indent=indent, ensure_ascii=False)

    def walk(at, pointer):
        yield pointer, at
        for key, each in at.items() if isinstance(at, dict) else enumerate(at) if isinstance(at, list) else ():
            yield from walk(each, join(pointer, key))

    everything = dict(walk(value, "/root"))
    for pointer, span in positions(text, "json", everything, Lines(text)).items():
        written = cut(text, span)
        parent, _, _ = pointer.rpartition("/")
        is_item = isinstance(everything.get(parent), list)
        assert json.loads(written if is_item else f"{{{written}}}") == (
            everything[pointer]
            if is_item
            else {pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~"): everything[pointer]}
        )
