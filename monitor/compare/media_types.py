"""Media types: which of two names is the same, or a special kind of the other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

_NO_PARAMETERS = frozenset({"q"})
"""What looks like a parameter and is a weight of the Accept header (RFC 9110, section 12.4.2)."""


@dataclass(frozen=True, slots=True)
class Name:
    """A media type taken apart (RFC 9110, section 8.3.1; RFC 6839 for the suffix); all lower case."""

    kind: str
    subtype: str
    parameters: frozenset[tuple[str, str]]

    @property
    def syntax(self) -> str:
        """What the subtype is written in: `json` of `problem+json`; the subtype itself where it has no suffix."""
        return self.subtype.rpartition("+")[2]

    @property
    def is_xml(self) -> bool:
        """Whether a body of it is XML (RFC 7303, section 3)."""
        return self.syntax == "xml"

    @property
    def essence(self) -> str:
        """Type and subtype, without parameters."""
        return f"{self.kind}/{self.subtype}"

    @property
    def is_range(self) -> bool:
        """Whether it stands for many: `application/*`, `*/*`."""
        return self.subtype == "*"

    @property
    def may_be_xml(self) -> bool:
        """Whether a body of it is XML, or one of its range is."""
        return self.is_xml or (self.is_range and self.kind in ("*", "application", "text"))

    @property
    def has_parts(self) -> bool:
        """Whether a body of it is made of parts that are encoded one by one (OAS 3.0.4, section 4.8.15)."""
        return self.kind == "multipart" or self.essence == "application/x-www-form-urlencoded"

    @property
    def is_text(self) -> bool:
        """Whether a body of it is all text to who reads it: XML and plain text, not JSON, not a form."""
        return self.is_xml or (self.kind == "text" and self.syntax != "json")


@cache
def taken_apart(name: str) -> Name:
    """The parts of a media type as it is written in a document."""
    essence, *rest = (part.strip().lower() for part in name.split(";"))
    kind, _, subtype = essence.partition("/")
    parameters = set()
    for parameter in rest:
        key, _, value = parameter.partition("=")
        parameters.add((key.strip(), value.strip().strip('"')))
    parameters = {(key, value) for key, value in parameters if key and key not in _NO_PARAMETERS}
    if subtype.rpartition("+")[2] == "json":
        # JSON is always UTF-8, so that a charset says nothing (RFC 8259, sections 8.1 and 11).
        parameters = {(key, value) for key, value in parameters if key != "charset"}
    return Name(kind, subtype, frozenset(parameters))


def within(special: str, general: str) -> bool:
    """Whether everything of the one media type is of the other: the same, a kind of its syntax, or in its range."""
    narrow, wide = taken_apart(special), taken_apart(general)
    if not wide.parameters <= narrow.parameters:
        return False
    if wide.kind == wide.subtype == "*":
        return True
    if narrow.kind != wide.kind:
        return False
    return wide.subtype in ("*", narrow.subtype) or ("+" in narrow.subtype and wide.subtype == narrow.syntax)
