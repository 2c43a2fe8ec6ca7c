"""Bytes to a document: what it is, is told from the content alone, never from a file name."""

from __future__ import annotations

import hashlib
import re
from typing import Any, Literal

from monitor.errors import (
    DocumentEmpty,
    DocumentTooLarge,
    NotADocument,
    SyntaxFault,
    VersionMissing,
    VersionUnsupported,
)
from monitor.reading.document import MIB, Document, Limits
from monitor.reading.json_syntax import parse_json
from monitor.reading.yaml_syntax import parse_yaml
from monitor.values import JsonObject, JsonValue

_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_HTML = re.compile(rb"\s*(<!--.*?-->\s*)*<(!doctype|html|head|body|\?xml|[a-z]+[ >])", re.IGNORECASE | re.DOTALL)
_VERSION = re.compile(r"(2\.0|3\.[012](\.\d+)?(-.+)?)")


def read(data: bytes, *, source: str = "document", limits: Limits | None = None) -> Document:
    """Parse the bytes of an OpenAPI document, JSON or YAML 1.2, and recognise its version (2.0, 3.0, 3.1, 3.2).

    `source` is how errors name it. Raises a kind of DocumentError: too large, empty, HTML or something else, cut short,
    malformed, a key twice, too deep, too many aliases, a number that is none, no version or an unknown one.
    """
    bounds = limits or Limits()
    if len(data) > bounds.bytes:
        raise DocumentTooLarge(
            f"{len(data) / MIB:.1f} MiB, more than the limit of {bounds.bytes / MIB:g} MiB",
            where=source,
            advice="Is this the right address? The largest documents known have about 14 MiB.",
        )
    text = data.removeprefix(_BOM)
    start = text[:4096].lstrip()
    if not start and not text.strip():
        raise DocumentEmpty("nothing in it", where=source, advice="Was the download complete?")
    _refuse_other_media(data, text, source)
    syntax: Literal["json", "yaml"] = "json" if start[:1] in (b"{", b"[", b'"') else "yaml"
    value: JsonValue
    if syntax == "json" and not _is_flow_yaml(text):
        value = parse_json(text, source)
    else:
        syntax = "yaml"
        value = parse_yaml(_decode(text, source), source, bounds)
    return _document(_mapping(value, source), syntax, hashlib.sha256(data).hexdigest(), source)


def _refuse_other_media(data: bytes, text: bytes, source: str) -> None:
    if data.startswith(_UTF16):
        raise NotADocument(
            "encoded in UTF-16; JSON is exchanged in UTF-8 (RFC 8259, section 8.1)",
            where=source,
            advice="Ask the provider for UTF-8.",
        )
    if _HTML.match(text[:4096]):
        raise NotADocument(
            "a web page (HTML or XML) came, no OpenAPI document",
            where=source,
            advice="Perhaps a login or an error page, or the documentation: find the address of the document itself.",
        )
    if b"\0" in text[:4096]:
        raise NotADocument("binary data came, no OpenAPI document", where=source, advice="Is this the right address?")


def _is_flow_yaml(text: bytes) -> bool:
    """Whether a text that begins with a brace is YAML's flow style: its first key is not quoted as JSON's are."""
    start = text[:4096].lstrip()
    return start[:1] == b"{" and start[1:].lstrip()[:1] not in (b'"', b"}", b"")


def _decode(text: bytes, source: str) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        before = text[: error.start]
        raise SyntaxFault(
            f"not UTF-8: byte 0x{text[error.start]:02x} at offset {error.start}",
            where=source,
            line=before.count(b"\n") + 1,
            column=error.start - before.rfind(b"\n"),
            advice="The provider has to mend the document; nothing was stored.",
        ) from None


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
        openapi=_version(root, source),
        sha256=sha256,
        title=None if title is None else str(title),
        version=None if version is None else str(version),
        source=source,
    )


def _version(root: JsonObject, source: str) -> str:
    """The declared version; a number (`swagger: 2.0` in YAML) counts as the text it was meant to be."""
    key = "openapi" if "openapi" in root else "swagger" if "swagger" in root else None
    if key is None:
        raise VersionMissing(
            "neither `openapi` nor `swagger` says which version it is",
            where=source,
            advice="Is this an OpenAPI document? Its root must have one of the two (OAS 3.0.4, section 4.8.1).",
        )
    declared = root[key]
    text = f"{declared:.1f}" if isinstance(declared, int | float) and not isinstance(declared, bool) else str(declared)
    known = _VERSION.fullmatch(text) if isinstance(declared, str | int | float) else None
    if known is None or (text == "2.0") != (key == "swagger"):
        raise VersionUnsupported(
            f"{key}: {text[:40]!r} is no version that specwatch knows",
            where=source,
            advice='Known are OpenAPI 2.0 (`swagger: "2.0"`), 3.0, 3.1 and 3.2.',
        )
    return text
