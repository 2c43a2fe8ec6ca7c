"""What reading gives: a parsed document and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from monitor.values import JsonObject

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a document may be: `bytes` as they come, `nodes` values in it (a YAML alias counts what it stands for).
    How deep it may nest is the parsers' own affair: 200 levels in JSON, 128 in YAML."""

    bytes: int = 64 * MIB
    nodes: int = 5_000_000


@dataclass(frozen=True, slots=True)
class Problem:
    """A place where a document is not valid: JSON pointer (RFC 6901) and what is wrong there."""

    pointer: str
    message: str


@dataclass(frozen=True, slots=True)
class Opinion:
    """What openapi-spec-validator said of a document: `problems`, or in `missing` why it said nothing."""

    problems: tuple[Problem, ...] = ()
    missing: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed OpenAPI document.

    `openapi` is the version as declared (`3.0.3`, `2.0`), `sha256` that of the bytes as they came, `title`
    and `version` are those of `info`, `source` is how the reader names it: a path or a URL.
    """

    root: JsonObject
    syntax: Literal["json", "yaml"]
    openapi: str
    sha256: str
    title: str | None
    version: str | None
    source: str
