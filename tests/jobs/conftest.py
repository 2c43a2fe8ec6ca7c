"""A small invented API whose history holds what can happen to one, as files with their dates."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

Document = dict[str, Any]

STEADY = [f"GET /v2/{name}" for name in ("tides", "berths", "fees", "locks", "pilots", "winds")]


def operation(*, deprecated: bool = False, parameters: Iterable[Document] = (), colour: Iterable[str] = ()) -> Document:
    """One operation; `colour` is an enum in its response."""
    schema: Document = {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}
    if colour:
        schema["properties"]["colour"] = {"type": "string", "enum": list(colour)}
    node: Document = {
        "responses": {"200": {"description": "Fine.", "content": {"application/json": {"schema": schema}}}},
    }
    if deprecated:
        node["deprecated"] = True
    if parameters:
        node["parameters"] = list(parameters)
    return node


def document(operations: dict[str, Document], *, version: str = "1") -> Document:
    """An OpenAPI document with these operations, named as in `GET /v1/boats`."""
    paths: Document = {}
    for name, node in operations.items():
        method, path = name.split(" ")
        paths.setdefault(path, {})[method.lower()] = node
    return {"openapi": "3.0.3", "info": {"title": "Harbour", "version": version}, "paths": paths}


def harbour() -> dict[str, bytes]:
    """File name to bytes, oldest first. In words: v1 boats deprecated when v2 boats come (10 February), a stale copy on
    20 March, `POST /v1/boats` gone around its deadline (by 20 May), `GET /v1/crews` flagged and gone within a fortnight, `GET /v1/boats`
    taken back at the end; in between an HTML page, an empty file, a cut one, and a document that is not valid.
    """
    steady = {name: operation() for name in STEADY}
    first = {**steady, "GET /v1/old": operation(deprecated=True), "GET /v1/crews": operation()}
    first |= {"GET /v1/boats": operation(), "POST /v1/boats": operation()}
    second = {**first, "GET /v2/boats": operation(colour=["red"]), "POST /v2/boats": operation()}
    second |= {"GET /v1/boats": operation(deprecated=True), "POST /v1/boats": operation(deprecated=True)}
    third = {**second, "GET /v2/boats": operation(colour=["red", "blue"])}
    size = {"name": "size", "in": "query", "required": True, "schema": {"type": "integer"}}
    fifth = {**third, "GET /v2/berths": operation(parameters=[size])}
    sixth = {name: node for name, node in fifth.items() if name != "POST /v1/boats"}
    seventh = {**sixth, "GET /v1/crews": operation(deprecated=True)}
    eighth = {name: node for name, node in seventh.items() if name != "GET /v1/crews"}
    ninth = {**eighth, "GET /v1/boats": operation()}
    invalid = document({**seventh, "GET /v2/berths": {"responses": {}, "deprecated": "perhaps"}})
    return {
        "2025-01-10T0900_a.json": written(document(first)),
        "2025-02-10T0900_b.json": written(document(second)),
        "2025-02-20T0900_html.json": b"<!doctype html><html><body>Please log in</body></html>",
        "2025-03-10T0900_c.json": written(document(third)),
        "2025-03-12T0900_empty.json": b"\n",
        "2025-03-20T0900_stale.json": written(document({**steady, "GET /v1/old": operation(deprecated=True)})),
        "2025-03-25T0900_e.json": written(document(fifth)),
        "2025-05-20T0900_f.json": written(document(sixth)),
        "2025-05-21T0900_cut.json": written(document(sixth))[:700],
        "2025-06-01T0900_g.json": written(document(seventh)),
        "2025-06-02T0900_invalid.json": written(invalid),
        "2025-06-15T0900_h.json": written(document(eighth)),
        "2025-07-01T0900_i.json": written(document(ninth)),
    }


def write_harbour(folder: Path) -> Path:
    """Write the history into a new folder."""
    folder.mkdir()
    for name, data in harbour().items():
        (folder / name).write_bytes(data)
    return folder


def written(value: Document) -> bytes:
    """The bytes of a document."""
    return json.dumps(value, indent=1).encode()


@pytest.fixture
def harbour_files() -> dict[str, bytes]:
    """The history as file names and bytes, oldest first."""
    return harbour()


@pytest.fixture
def harbour_folder(tmp_path: Path) -> Path:
    """The history as a folder of dated files."""
    return write_harbour(tmp_path / "harbour")


@pytest.fixture
def make_document() -> Callable[..., bytes]:
    """`make_document("GET /a", "POST /b", deprecated=["GET /a"])`: the bytes of a document with these operations."""

    def make(*names: str, deprecated: Iterable[str] = (), version: str = "1") -> bytes:
        flagged = set(deprecated)
        return written(document({name: operation(deprecated=name in flagged) for name in names}, version=version))

    return make
