"""What a watched address may serve instead of a document: each is refused in words that name the fault and the place.

A row: the bytes, the error, its line and column (None: it has none), a piece of what it says. A row without an error is
odd and is read all the same.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from monitor import errors
from monitor.reading import contract_of, read, validate

ROOT = Path(__file__).resolve().parents[2]

HEAD = b'openapi: 3.0.3\ninfo: {title: t, version: "1"}\npaths: {}\n'
"""Three lines of YAML: what follows begins on line 4."""


class Refused(NamedTuple):
    data: bytes
    error: type[errors.DocumentError]
    line: int | None
    column: int | None
    words: str


def yaml(rest: str | bytes) -> bytes:
    return HEAD + (rest if isinstance(rest, bytes) else rest.encode())


def bomb(levels: int) -> bytes:
    """Lists of ten aliases of lists of ten aliases: ten to the power of `levels` values in a few hundred bytes."""
    rows = ["x0: &x0 [a, a, a, a, a, a, a, a, a, a]"]
    for level in range(1, levels):
        rows.append(f"x{level}: &x{level} [{', '.join([f'*x{level - 1}'] * 10)}]")
    return yaml("\n".join(rows) + "\n")


NOT_HERE: dict[str, Refused] = {
    "nothing": Refused(b"", errors.DocumentEmpty, None, None, "nothing in it"),
    "white space": Refused(b" \r\n\t\n ", errors.DocumentEmpty, None, None, "nothing in it"),
    "much white space": Refused(b"\n" * 100_000, errors.DocumentEmpty, None, None, "nothing in it"),
    "a byte order mark": Refused(b"\xef\xbb\xbf", errors.DocumentEmpty, None, None, "nothing in it"),
    "HTML": Refused(b"<!DOCTYPE html>\n<html></html>", errors.WebPage, None, None, "a web page"),
    "HTML in capitals": Refused(b"\n <HTML lang='en'>", errors.WebPage, None, None, "a web page"),
    "XML": Refused(b'<?xml version="1.0"?><error/>', errors.WebPage, None, None, "a web page"),
    "a SOAP envelope": Refused(b"<soap:Envelope/>", errors.WebPage, None, None, "a web page"),
    # 30 comments took the recogniser minutes when it tried every way to divide them.
    "many comments": Refused(b"<!---->" * 500 + b"x", errors.WebPage, None, None, "a web page"),
    "a PDF": Refused(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", errors.NotADocument, None, None, "a PDF"),
    "gzip": Refused(gzip.compress(HEAD), errors.NotADocument, None, None, "gzip"),
    "zstd": Refused(b"\x28\xb5\x2f\xfd\x04\x58", errors.NotADocument, None, None, "zstd"),
    "a ZIP archive": Refused(b"PK\x03\x04\x14\x00\x00", errors.NotADocument, None, None, "ZIP"),
    "a picture": Refused(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", errors.NotADocument, None, None, "binary"),
    "NUL bytes": Refused(b"openapi: 3.0.3\ninfo: \x00\n", errors.NotADocument, None, None, "binary"),
    "UTF-16": Refused('{"openapi": "3.0.3"}'.encode("utf-16"), errors.NotADocument, None, None, "UTF-16"),
    "UTF-16 without a mark": Refused('{"a": 1}'.encode("utf-16-be"), errors.NotADocument, None, None, "UTF-16"),
    "UTF-32": Refused("openapi: 3.0.3".encode("utf-32-le"), errors.NotADocument, None, None, "UTF-32"),
    "a list": Refused(b"[1, 2]", errors.NotADocument, None, None, "a list came"),
    "a list in YAML": Refused(b"- a\n- b\n", errors.NotADocument, None, None, "a list came"),
    "a number": Refused(b"42", errors.NotADocument, None, None, "a number came"),
    "a text": Refused(b'"hello"', errors.NotADocument, None, None, "a text came"),
    "an error in prose": Refused(b"404 page not found\n", errors.NotADocument, None, None, "a text came"),
    "null": Refused(b"null", errors.NotADocument, None, None, "null came"),
    "a boolean": Refused(b"true", errors.NotADocument, None, None, "a boolean came"),
    "two documents": Refused(HEAD + b"---\n" + HEAD, errors.NotADocument, 4, 1, "more than one document"),
    "two documents, marked": Refused(
        b"# c\n---\n" + HEAD + b"---\na: 1", errors.NotADocument, 6, 1, "more than one document"
    ),
}

NO_SYNTAX: dict[str, Refused] = {
    "JSON cut in a text": Refused(b'{"openapi": "3.0.3",\n "inf', errors.DocumentTruncated, 2, 5, "ends in the middle"),
    "JSON cut after a brace": Refused(b"{", errors.DocumentTruncated, 1, 1, "ends in the middle"),
    "JSON cut in a character": Refused(b'{"a": "\xc3', errors.DocumentTruncated, 1, 8, "ends in the middle"),
    "YAML cut in a flow": Refused(b"openapi: 3.0.3\ninfo: {title: t,\n", errors.DocumentTruncated, 3, 1, "ends in the"),
    "YAML cut in a text": Refused(b'openapi: 3.0.3\na: "b', errors.DocumentTruncated, 2, 6, "ends in the middle"),
    "YAML cut in a character": Refused(b"openapi: \xe2\x82", errors.DocumentTruncated, 1, 10, "within a character"),
    "JSON with a comma too many": Refused(b'{"openapi": "3.0.3",}', errors.SyntaxFault, 1, 21, "trailing comma"),
    "two JSON objects": Refused(b'{"openapi": "3.0.3"}\n{}', errors.SyntaxFault, 2, 1, "trailing characters"),
    "JSON without quotes": Refused(b'{"x": oops, "NaN": 1}', errors.SyntaxFault, 1, 7, "expected value"),
    "a line break in a JSON text": Refused(b'{"x":\n "a\nb"}', errors.SyntaxFault, 2, 4, "control character"),
    "a lone surrogate": Refused(b'{"x": "\\ud800"}', errors.SyntaxFault, 1, 14, "halves of a character"),
    "a lone surrogate in YAML": Refused(yaml(r'x: "\ud800"'), errors.SyntaxFault, 4, 7, "invalid Unicode"),
    "JSON that is not UTF-8": Refused(b'{"a": "\xc3\xa9", "x": "\xff"}', errors.SyntaxFault, 1, 18, "unicode"),
    "YAML that is not UTF-8": Refused(b"openapi: 3.0.3\nx: \xff\n", errors.SyntaxFault, 2, 4, "byte 0xff"),
    "a NUL far down": Refused(yaml("#" * 5000 + "\né: \0\n"), errors.SyntaxFault, 5, 4, "control characters"),
    "a tab that indents": Refused(b"openapi: 3.0.3\ninfo:\n\ttitle: t\n", errors.SyntaxFault, 3, 1, "cannot start"),
    "an unknown anchor": Refused(yaml("x: *nobody"), errors.SyntaxFault, 4, 4, "unknown anchor"),
    "an unknown tag": Refused(yaml("x: !Ref y\n"), errors.SyntaxFault, 4, 4, "unsupported YAML tag"),
    "a list as a key": Refused(yaml("? [a, b]\n: c\n"), errors.SyntaxFault, None, None, "JSON has no word for"),
    "a mapping as a key": Refused(yaml("? {a: b}\n: c\n"), errors.SyntaxFault, None, None, "JSON has no word for"),
    "brackets, backquotes": Refused(b"@`]", errors.SyntaxFault, 1, 1, "not valid YAML"),
}

NO_SENSE: dict[str, Refused] = {
    "a key twice": Refused(b'{"a": 1,\n "b": 2, "a": 3}', errors.DuplicateKey, 2, 10, "`a` stands twice"),
    "a quoted key twice": Refused(b'{"a\\"b": 1, "a\\"b": 3}', errors.DuplicateKey, 1, 13, "stands twice"),
    "a key twice, once escaped": Refused(b'{"a": 1, "\\u0061": 3}', errors.DuplicateKey, 1, 10, "`a` stands twice"),
    "a key twice in YAML": Refused(yaml("x:\n  b: 1\n  c: 2\n  b: 3\n"), errors.DuplicateKey, 7, 3, "'b'"),
    "a key twice and worse": Refused(yaml("x: {b: 1, b: 2}\ny: ["), errors.DuplicateKey, 4, 4, "begins here"),
    "200 and '200'": Refused(
        b"openapi: 3.0.3\npaths:\n  200: a\n  '200': b\n",
        errors.DuplicateKey,
        None,
        None,
        "`200` stands twice at /paths",
    ),
    "two merge keys": Refused(yaml("a: &a {}\nb: &b {}\nc:\n  <<: *a\n  <<: *b\n"), errors.DuplicateKey, 8, 3, "<<"),
    "NaN": Refused(b'{"x":\n  NaN}', errors.NumberRefused, 2, 3, "NaN and infinities"),
    "Infinity": Refused(b'{"x": Infinity}', errors.NumberRefused, 1, 7, "NaN and infinities"),
    "-Infinity": Refused(b'{"x": -Infinity}', errors.NumberRefused, 1, 8, "NaN and infinities"),
    "1e400": Refused(b'{"1e400": "1e400",\n "x": [-1e400]}', errors.NumberRefused, 2, 8, "at /x/0 is too large"),
    "a number of 5,000 digits": Refused(b'{"x":' + b"9" * 5000 + b"}", errors.NumberRefused, 1, 6, "more digits"),
    ".nan": Refused(yaml("x: .nan\n"), errors.NumberRefused, 4, 4, "at /x is none"),
    "-.INF": Refused(yaml("x: [1, -.INF]\n"), errors.NumberRefused, 4, 8, "at /x/1 is none"),
    ".inf that stands twice": Refused(yaml("# .inf\nx: .inf\n"), errors.NumberRefused, None, None, "at /x is none"),
    "JSON lists without end": Refused(b"[" * 100_000, errors.TooDeep, 1, 202, "200 levels"),
    "JSON objects without end": Refused(b'{"a":' * 100_000, errors.TooDeep, 1, 1006, "200 levels"),
    "YAML flow without end": Refused(yaml("x: " + "[" * 100_000), errors.TooDeep, 4, None, "128 levels"),
    "YAML flow mappings": Refused(yaml("x: " + "{a: " * 100_000), errors.TooDeep, 4, None, "128 levels"),
    "YAML flow, balanced": Refused(yaml("x: " + "[" * 50_000 + "]" * 50_000), errors.TooDeep, 4, None, "128 levels"),
    # Closing brackets in comments and texts made the nesting look shallow, and the parser took minutes.
    "YAML flow behind comments": Refused(yaml("x: " + "[ # ]\n " * 50_000), errors.TooDeep, None, None, "128 levels"),
    "YAML flow behind texts": Refused(yaml("x: " + '["]",' * 50_000), errors.TooDeep, 4, None, "128 levels"),
    "YAML blocks without end": Refused(
        yaml("".join(f"{' ' * depth}a:\n" for depth in range(2000))), errors.TooDeep, 132, 129, "128 levels"
    ),
    "YAML lists without end": Refused(b"- " * 100_000, errors.TooDeep, 1, None, "128 levels"),
    "YAML keys without end": Refused(b"? " * 100_000, errors.SyntaxFault, None, None, "JSON has no word for"),
    # The stricter parser stops at the text that is not indented, before it has seen the brackets.
    "YAML flow behind a fault": Refused(
        yaml('x: "a\nb"\ny: ' + "[" * 110_000), errors.SyntaxFault, 4, 4, "invalid indentation"
    ),
    "an alias bomb": Refused(bomb(9), errors.TooManyAliases, 9, None, "beyond every measure"),
    "an alias in itself": Refused(yaml("x: &a [*a]\n"), errors.TooManyAliases, 4, 8, "within what it stands for"),
    "a mapping in itself": Refused(yaml("x: &a {b: *a}\n"), errors.TooManyAliases, 4, 11, "within what it stands for"),
    "merges of merges": Refused(
        yaml("a0: &a0 {k: v}\n" + "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 40))),
        errors.TooManyAliases,
        None,
        None,
        "beyond every measure",
    ),
}

NO_VERSION: dict[str, Refused] = {
    "no version": Refused(b'{"info": {}}', errors.VersionMissing, None, None, "neither `openapi` nor `swagger`"),
    "an error as JSON": Refused(b'{"error": "not found"}', errors.VersionMissing, None, None, "neither"),
    "an error as YAML": Refused(b"Error: not found\n", errors.VersionMissing, None, None, "neither"),
    "Swagger 1.2": Refused(b'{"swaggerVersion": "1.2"}', errors.VersionMissing, None, None, "neither"),
    "openapi 9.9.9": Refused(b'{"openapi": "9.9.9"}', errors.VersionUnsupported, None, None, "`openapi: 9.9.9`"),
    "openapi 2.0": Refused(b'{"openapi": "2.0"}', errors.VersionUnsupported, None, None, "`openapi: 2.0`"),
    "swagger 3.0.0": Refused(b'{"swagger": "3.0.0"}', errors.VersionUnsupported, None, None, "`swagger: 3.0.0`"),
    "openapi 3.04": Refused(b"openapi: 3.04\n", errors.VersionUnsupported, None, None, "`openapi: 3.04`"),
    "openapi 3.1-beta": Refused(b"openapi: 3.1-beta\n", errors.VersionUnsupported, None, None, "3.1-beta"),
    "openapi true": Refused(b"openapi: true\n", errors.VersionUnsupported, None, None, "`openapi: true`"),
    "openapi null": Refused(b"openapi:\n", errors.VersionUnsupported, None, None, "`openapi: null`"),
    "openapi a list": Refused(b'{"openapi": ["3"]}', errors.VersionUnsupported, None, None, '["3"]'),
    "openapi a huge number": Refused(
        b'{"openapi": 1' + b"0" * 400 + b"}", errors.VersionUnsupported, None, None, "100"
    ),
    "openapi a long text": Refused(b'{"openapi": "' + b"3" * 9000 + b'"}', errors.VersionUnsupported, None, None, "…"),
}

REFUSED = {**NOT_HERE, **NO_SYNTAX, **NO_SENSE, **NO_VERSION}


@pytest.mark.timeout(10)
@pytest.mark.parametrize("row", REFUSED.values(), ids=REFUSED)
def test_it_is_refused_with_its_fault_and_its_place(row: Refused) -> None:
    with pytest.raises(errors.DocumentError) as refusal:
        read(row.data, source="api.json")
    error = refusal.value
    assert type(error) is row.error
    assert row.words in error.what
    assert row.line is None or error.line == row.line
    assert row.column is None or error.column == row.column


@pytest.mark.timeout(10)
@pytest.mark.parametrize("row", REFUSED.values(), ids=REFUSED)
def test_the_refusal_is_short_and_says_what_to_do(row: Refused) -> None:
    with pytest.raises(errors.DocumentError) as refusal:
        read(row.data, source="api.json")
    first, advice = str(refusal.value).split("\n")
    place = f":{refusal.value.line}:{refusal.value.column}" if refusal.value.line else ""
    assert first.startswith(f"api.json{place}: ")
    assert len(first) < 300
    assert "Error" not in first
    assert len(advice.split()) >= 4


def nested(depth: int) -> dict[str, object]:
    value: dict[str, object] = {}
    for _ in range(depth):
        value = {"a": value}
    return value


def json_document(**members: object) -> bytes:
    return json.dumps({"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {}, **members}).encode()


def path(item: object) -> bytes:
    return json_document(paths={"/a": item})


READ: dict[str, tuple[bytes, int]] = {
    "openapi: 3": (b"openapi: 3\n", 0),
    "swagger: 2.0 as a number": (b"swagger: 2.0\npaths: {/a: {get: {}}}\n", 1),
    "a reference to nowhere": (path({"get": {"parameters": [{"$ref": "#/components/parameters/No"}]}}), 1),
    "a path item from nowhere": (path({"$ref": "#/paths/~1b"}), 0),
    "a reference to itself": (path({"$ref": "#/paths/~1a"}), 0),
    "references in a circle": (
        json_document(paths={"/a": {"$ref": "#/paths/~1b"}, "/b": {"$ref": "#/paths/~1a"}}),
        0,
    ),
    "a schema in a circle": (json_document(components={"schemas": {"A": {"$ref": "#/components/schemas/A"}}}), 0),
    "a reference to another file": (path({"$ref": "other.yaml#/a"}), 0),
    "a reference to another host": (path({"get": {"responses": {"200": {"$ref": "http://192.0.2.1/r"}}}}), 1),
    "a reference that is no text": (path({"get": {"parameters": [{"$ref": 5}], "responses": {"$ref": []}}}), 1),
    "a reference with a bad index": (path({"get": {"parameters": [{"$ref": "#/tags/" + "9" * 5000}]}}), 1),
    "paths a list": (json_document(paths=[1]), 0),
    "paths null": (json_document(paths=None), 0),
    "a path null": (path(None), 0),
    "an operation null": (path({"get": None}), 0),
    "everything of the wrong type": (
        path({"get": {"parameters": {"x": 1}, "requestBody": [], "responses": 3, "servers": "x", "callbacks": 1}}),
        1,
    ),
    "parameters of the wrong type": (path({"parameters": [1, None, {}, {"name": 1, "in": 2}], "get": {}}), 1),
    "info a text": (json_document(info="x"), 0),
    "a title of the wrong type": (json_document(info={"title": 1, "version": [1.5]}), 0),
    "components of the wrong type": (json_document(components={"schemas": [], "parameters": {"x": 3}}), 0),
    "keys that are no texts": (yaml("x: {1: a, false: b, null: c, 1.5: d, .inf: e}\n"), 0),
    "an empty key": (b'{"": 1, "openapi": "3.0.3"}', 0),
    "very long keys": (json_document(**{"k" * 100_000: 1}), 0),
    "nested as deep as may be": (json_document(x=nested(190)), 0),
    "brackets in prose": (yaml("x: '" + "[" * 3000 + "'\n"), 0),
    "an object of Python": (yaml("x: !!python/object/apply:os.system [echo]\n"), 0),
    "Windows line ends": (HEAD.replace(b"\n", b"\r\n"), 0),
    "a byte order mark before JSON": (b"\xef\xbb\xbf" + json_document(), 0),
    "much white space before JSON": (b" " * 10_000 + json_document(), 0),
}


@pytest.mark.timeout(10)
@pytest.mark.parametrize(("data", "operations"), READ.values(), ids=READ)
def test_it_is_odd_and_becomes_a_contract_all_the_same(data: bytes, operations: int) -> None:
    document = read(data)
    contract = contract_of(document)
    found = contract.operations()
    for operation in found:
        contract.parameters(operation), contract.request_body(operation), contract.responses(operation)
        contract.callbacks(operation), contract.servers(operation), contract.security(operation)
    list(contract.components())
    assert len(found) == operations
    assert all(problem.message for problem in validate(document))


def test_the_interpreter_survives_all_of_them() -> None:
    """In a process of its own: a parser that overflows the stack takes the interpreter with it."""
    program = (
        "import sys\n"
        "from monitor.errors import DocumentError\n"
        "from monitor.reading import contract_of, read, validate\n"
        "for line in sys.stdin:\n"
        "    try:\n"
        "        document = read(bytes.fromhex(line))\n"
        "        contract_of(document).operations(), validate(document)\n"
        "    except DocumentError as error:\n"
        "        str(error)\n"
        "print('alive')\n"
    )
    inputs = [row.data for row in REFUSED.values()] + [data for data, _ in READ.values()]
    started = time.monotonic()
    ran = subprocess.run(
        [sys.executable, "-c", program],
        input="".join(data.hex() + "\n" for data in inputs),
        capture_output=True,
        cwd=ROOT,
        text=True,
        timeout=120,
        check=False,
    )
    assert (ran.stdout, ran.stderr, ran.returncode) == ("alive\n", "", 0)
    assert len(inputs) > 100
    assert time.monotonic() - started < 60
