"""Bytes to a document: what it is, is told from the content alone, never from a file name."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any, Literal

from monitor.errors import (
    DocumentEmpty,
    DocumentTooLarge,
    DocumentTruncated,
    NotADocument,
    SyntaxFault,
    VersionMissing,
    VersionUnsupported,
    WebPage,
)
from monitor.reading.document import MIB, Document, Limits
from monitor.reading.json_syntax import parse_json
from monitor.reading.places import place_of_byte
from monitor.reading.yaml_syntax import parse_yaml
from monitor.values import JsonObject, JsonValue

_BOM = b"\xef\xbb\xbf"
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")
_WIDE_ASCII = re.compile(rb"[\t\n -~]\0[\t\n -~]\0|[\t\n -~]\0\0\0|\0[\t\n -~]\0[\t\n -~]|\0\0\0[\t\n -~]")
"""Two characters of ASCII in UTF-16, or one in UTF-32: the zeros tell them (RFC 4627, section 3)."""
_MARKUP = re.compile(rb"\s*<[!?/a-z]", re.IGNORECASE)
_OTHER = {
    b"\x1f\x8b": "data compressed with gzip",
    b"\x28\xb5\x2f\xfd": "data compressed with zstd",
    b"PK\x03\x04": "a ZIP archive",
    b"%PDF-": "a PDF",
}
"""First bytes of what is often served in a document's place."""

_VERSION = re.compile(r"(2\.0|3\.[012](\.[0-9]+(-.+)?)?)")


def read(data: bytes, *, source: str = "document", limits: Limits | None = None) -> Document:
    """Parse the bytes of an OpenAPI document, JSON or YAML 1.2, and recognise its version (2.0, 3.0, 3.1, 3.2).

    `source` is how errors name it. Raises a kind of DocumentError: too large, empty, HTML or something else, cut short,
    malformed, a key twice, too deep, too many aliases, a number that is none, no version or an unknown one.
    """
    value, syntax = _parsed(data, source, limits or Limits())
    return _document(_mapping(value, source), syntax, hashlib.sha256(data).hexdigest(), source)


def parsed(data: bytes, *, source: str, limits: Limits | None = None) -> JsonValue:
    """The value that JSON or YAML says, be it an OpenAPI document or a part of one. Raises as `read` does."""
    return _parsed(data, source, limits or Limits())[0]


def _parsed(data: bytes, source: str, bounds: Limits) -> tuple[JsonValue, Literal["json", "yaml"]]:
    if len(data) > bounds.bytes:
        raise DocumentTooLarge(
            f"{len(data) / MIB:.1f} MiB, more than the limit of {bounds.bytes / MIB:g} MiB",
            where=source,
            advice="Is this the right address? The largest documents known have about 14 MiB.",
        )
    text = data.removeprefix(_BOM)
    if not text[:4096].strip() and not text.strip():
        raise DocumentEmpty("nothing in it", where=source, advice="Was the download complete?")
    _refuse_other_media(data, text, source)
    syntax: Literal["json", "yaml"] = "json" if is_json(text) else "yaml"
    value = parse_json(text, source, bounds) if syntax == "json" else parse_yaml(_decode(text, source), source, bounds)
    return value, syntax


def _refuse_other_media(data: bytes, text: bytes, source: str) -> None:
    for start, what in _OTHER.items():
        if data.startswith(start):
            raise NotADocument(f"{what} came, no OpenAPI document", where=source, advice="Is this the right address?")
    if data.startswith(_WIDE) or _WIDE_ASCII.match(data):
        raise NotADocument(
            "encoded in UTF-16 or UTF-32; JSON is exchanged in UTF-8 (RFC 8259, section 8.1)",
            where=source,
            advice="Ask the provider for UTF-8.",
        )
    if _MARKUP.match(text[:4096]):
        raise WebPage(
            "a web page (HTML or XML) came, no OpenAPI document",
            where=source,
            advice="Perhaps a login or an error page, or the documentation: find the address of the document itself.",
        )
    if b"\0" in text[:4096]:
        raise NotADocument("binary data came, no OpenAPI document", where=source, advice="Is this the right address?")


def is_json(text: bytes) -> bool:
    """Whether a text is JSON by its first characters; all else is YAML.

    A brace begins YAML's flow style too, but then the first key is seldom quoted as JSON's are. A quotation mark
    begins a YAML mapping whose first key is quoted: as JSON it would be a bare text, and no document.
    """
    start = text[:4096].lstrip()
    return start[:1] == b"[" or (start[:1] == b"{" and start[1:].lstrip()[:1] in (b'"', b"}", b""))


def _decode(text: bytes, source: str) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        place = place_of_byte(text, error.start)
        if error.reason == "unexpected end of data":
            advice = "The download was cut short, or the file is incomplete."
            raise DocumentTruncated("it ends within a character", where=source, advice=advice, **place) from None
        what = f"not UTF-8: byte 0x{text[error.start]:02x} at offset {error.start}"
        advice = "The provider has to mend the document."
        raise SyntaxFault(what, where=source, advice=advice, **place) from None


def _mapping(value: JsonValue, source: str) -> JsonObject:
    if isinstance(value, dict):
        return value
    kinds = {list: "a list", str: "a text", bool: "a boolean", type(None): "null"}
    what = kinds.get(type(value), "a number")
    raise NotADocument(f"{what} came, no OpenAPI document", where=source, advice="Is this the right address?")


def _document(root: JsonObject, syntax: Literal["json", "yaml"], sha256: str, source: str) -> Document:
    info = root.get("info")
    details: dict[str, Any] = info if isinstance(info, dict) else {}
    title, version = (details.get(key) for key in ("title", "version"))
    return Document(
        root=root,
        syntax=syntax,
        openapi=declared_version(root, source),
        sha256=sha256,
        title=None if title is None else str(title),
        version=None if version is None else str(version),
        source=source,
    )


def declared_version(root: JsonObject, source: str = "document") -> str:
    """The version that a document declares, such as `3.0.3` or `2.0`.

    A number counts as the text it was meant to be: `swagger: 2.0` in YAML, and `2` where a program wrote that number
    as JSON. Raises VersionMissing, VersionUnsupported.
    """
    key = "openapi" if "openapi" in root else "swagger" if "swagger" in root else None
    if key is None:
        raise VersionMissing(
            "neither `openapi` nor `swagger` says which version it is",
            where=source,
            advice="Is this an OpenAPI document? Its root must have one of the two (OAS 3.0.4, section 4.8.1).",
        )
    declared = root[key]
    text = declared if isinstance(declared, str) else _written(declared)
    if _VERSION.fullmatch(text) is None or (text == "2.0") != (key == "swagger"):
        shown = text if len(text) <= 40 else text[:40] + "…"
        raise VersionUnsupported(
            f"`{key}: {shown}` is no version that specwatch knows",
            where=source,
            advice='Known are OpenAPI 2.0 (`swagger: "2.0"`), 3.0, 3.1 and 3.2.',
        )
    return text


def _written(value: JsonValue) -> str:
    """A value as it stands in JSON; a small integer as a version: `3` is 3.0."""
    whole = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10
    return f"{value}.0" if whole else json.dumps(value, ensure_ascii=False)
