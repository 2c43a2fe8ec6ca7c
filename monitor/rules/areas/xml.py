"""How the values of schemas are written in XML. Where a body is JSON, XML Objects have no effect."""

from __future__ import annotations

from monitor.compare.changes import XmlNameChanged, XmlNamespaceChanged, XmlNodeChanged, XmlSpellingChanged
from monitor.rules.areas.wording import READ_BOTH
from monitor.rules.example import Example
from monitor.rules.levels import Level
from monitor.rules.registry import rule


def _with(members: str, *, schema: str = "type: string") -> str:
    marked = f"{{{schema}, xml: {{{members}}}}}"
    return (
        "requestBody:\n  content:\n    application/xml:\n"
        f"      schema: {{type: object, xml: {{name: thing}}, properties: {{color: {marked}}}}}\n"
        "responses: {'204': {description: Done.}}"
    )


_LIST = "type: array, items: {type: string}"


@rule(
    on=XmlNameChanged,
    request=Level.BREAKING,
    response=Level.BREAKING,
    why="An element or attribute is found by its name: one of another name is refused in a request, and missed by who "
    "reads the old one in a response.",
    advice=READ_BOTH,
    example=Example.operation(before=_with("name: color"), after=_with("name: colour")),
)
def xml_name_changed(change: XmlNameChanged) -> None:
    """In XML the name is {after} now; it was {before}."""


@rule(
    on=XmlNamespaceChanged,
    request=Level.BREAKING,
    response=Level.BREAKING,
    why="A name is one of its namespace (Namespaces in XML 1.0, section 2): to a parser that knows of namespaces the "
    "element is another one.",
    advice=READ_BOTH,
    example=Example.operation(
        before=_with("namespace: 'https://example.com/v1'"), after=_with("namespace: 'https://example.com/v2'")
    ),
)
def xml_namespace_changed(change: XmlNamespaceChanged) -> None:
    """In XML the namespace is {after} now; it was {before}."""


@rule(
    on=XmlNodeChanged,
    request=Level.BREAKING,
    response=Level.BREAKING,
    why="The value stands elsewhere in the XML: who looks for an element finds no attribute, and who looks for items "
    "does not find them one level down.",
    advice=READ_BOTH,
    example=Example.operation(before=_with("wrapped: false", schema=_LIST), after=_with("wrapped: true", schema=_LIST)),
)
def xml_node_changed(change: XmlNodeChanged) -> None:
    """In XML the value is {now}; it was {was}."""


@rule(
    on=XmlSpellingChanged,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    why="A prefix only stands for its namespace, and a CDATA section is text that is escaped otherwise: a parser reads "
    "the same.",
    advice="Nothing to do, unless the XML is searched as text: then use a parser that knows of namespaces.",
    example=Example.operation(
        before=_with("namespace: 'https://example.com/v1', prefix: a"),
        after=_with("namespace: 'https://example.com/v1', prefix: b"),
    ),
)
def xml_spelling_changed(change: XmlSpellingChanged) -> None:
    """The same XML is spelled otherwise: `{keyword}` is {after} now; it was {before}."""
