"""Every real document of the corpus is read, becomes a contract, and is judged; the archives are read in tests/ledger."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fast_yaml
import pytest

from monitor.reading import Document, contract_of, read, validate
from monitor.values import canonical_bytes, same

pytestmark = pytest.mark.corpus

CORPUS = Path(__file__).resolve().parents[2].parent / "shared" / "corpus"
FILES = sorted(file for suffix in ("json", "yaml") for file in CORPUS.glob(f"*/*.{suffix}"))

KNOWN = {
    "adyen-checkout-v71": ("3.1", 25, 28),
    "box": ("3.0", 266, 296),
    "datadog-v1": ("3.0", 218, 235),
    "github": ("3.0", 706, 873),
    "incident-io": ("3.0", 55, 212),
    "incident-io-secret": ("3.0", 119, 120),
    "incident-io-swagger2": ("2.0", 52, 190),
    "openai": ("3.", 28, 288),
    "sendgrid": ("2.0", 334, 334),
    "slack": ("2.0", 132, 140),
    "stripe": ("3.0", 344, 417),
    "twilio-api": ("3.0", 194, 197),
    "xero-accounting": ("3.0", 226, 237),
}
"""By folder: the version of its documents, the fewest and the most operations in one."""

INVALID = ("incident-io-swagger2", "sendgrid", "openai/2025-04", "openai/2026")
"""`type: map`; `nullable` in 2.0; `type: "null"` in 3.0 and `$recursiveAnchor: true` in 3.1."""

METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


def skip_where_absent(found: object) -> None:
    if not found:
        pytest.skip(f"the corpus is absent: no documents in {CORPUS}")


@pytest.fixture(params=FILES or [None], ids=lambda file: f"{file.parent.name}/{file.stem}" if file else "absent")
def file(request: pytest.FixtureRequest) -> Path:
    skip_where_absent(request.param)
    found: Path = request.param
    return found


@pytest.fixture
def document(file: Path) -> Document:
    return read(file.read_bytes(), source=file.name)


def test_it_is_read_as_what_it_is(file: Path, document: Document) -> None:
    version, _, _ = KNOWN[file.parent.name]
    assert document.openapi.startswith(version)
    assert document.syntax == file.suffix[1:]
    assert document.title
    # sendgrid's version is an empty text.
    assert document.version is not None
    assert len(canonical_bytes(document.root)) > 50_000


def test_its_contract_has_every_operation(file: Path, document: Document) -> None:
    contract = contract_of(document)
    found = [operation for operation in contract.operations() if operation.ref.kind == "operation"]
    written = {
        (path, method.upper()) for path, item in document.root["paths"].items() for method in item.keys() & METHODS
    }
    assert {(operation.ref.path, operation.ref.method) for operation in found} == written
    _, fewest, most = KNOWN[file.parent.name]
    assert fewest <= len(found) <= most
    assert sum(len(contract.responses(operation)) for operation in found) >= len(found)
    assert sum(1 for _ in contract.components()) >= 30


def test_it_is_valid_but_where_we_know_that_it_is_not(file: Path, document: Document) -> None:
    problems = validate(document)
    known = f"{file.parent.name}/{file.stem}".startswith(INVALID)
    assert bool(problems) == known
    assert len(problems) <= 100


OTHERWISE = {
    # Of two anchors with one name, fastyaml-rs takes the first for every alias; YAML 1.2 (section 7.1) the latest before it.
    "openai": "/properties/temperature/description",
    # `090` is the number 90 to one, and stays the text that it is to the other.
    "xero-accounting": "/properties/AccountCode/example",
}
"""By folder: the places that another parser is known to read otherwise."""

UNREAD = "xero-accounting/2022-01-19T1832_b8f1051"
"""Has a text in quotation marks whose second line is not indented."""


def test_two_parsers_read_the_same(file: Path, document: Document) -> None:
    if document.syntax == "json":
        assert json.loads(file.read_bytes()) == document.root
    elif f"{file.parent.name}/{file.stem}" == UNREAD:
        with pytest.raises(ValueError, match="invalid indentation"):
            fast_yaml.safe_load(file.read_text(encoding="utf-8"))
    else:
        other = json.loads(json.dumps(fast_yaml.safe_load(file.read_text(encoding="utf-8"))))
        known = OTHERWISE.get(file.parent.name, "nowhere")
        assert [place for place in differing(other, document.root) if not place.endswith(known)] == []


def differing(one: Any, other: Any, place: str = "") -> Iterator[str]:
    """Where two JSON values differ."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for key, value in one.items():
            yield from differing(value, other[key], f"{place}/{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, value in enumerate(one):
            yield from differing(value, other[index], f"{place}/{index}")
    elif not same(one, other):
        yield place


def test_documents_that_define_an_anchor_twice_are_read() -> None:
    """Two of openai's, which PyYAML refuses."""
    skip_where_absent(FILES)
    twice = [file for file in FILES if file.parent.name == "openai" and _defines_an_anchor_twice(file)]
    assert len(twice) == 2
    for file in twice:
        assert len(contract_of(read(file.read_bytes())).operations()) > 60


def _defines_an_anchor_twice(file: Path) -> bool:
    words = [
        word for word in file.read_text(encoding="utf-8").split() if word.startswith("&") and word[1:].isidentifier()
    ]
    return len(words) != len(set(words))
