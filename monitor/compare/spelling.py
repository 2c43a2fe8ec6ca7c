"""Keywords that say the same as others where they stand."""

from __future__ import annotations

from typing import Final

from monitor.contract import Node
from monitor.values import join

LOOKING: Final = ("$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "dependentSchemas")
"""Keywords with schemas that look at parts of the value, so that they are evaluated (JSON Schema 2020-12, 11)."""


class Respelled(Node):
    """A schema in which one keyword is read as another; what is below it stands where the document has it."""

    written: str
    meant: str

    def child(self, *tokens: str | int) -> Node:
        """The node below, at its place in the document."""
        found = Node.child(self, *tokens)
        if tokens[:1] == (self.meant,):
            return Node(join(self.pointer, self.written, *tokens[1:]), found.value)
        return found


def alike(before: Node, after: Node, plain: str, rest: str, others: tuple[str, ...] = ()) -> tuple[Node, Node]:
    """Two schemas in one spelling where one says `plain` and the other `rest` of what is not listed.

    `unevaluatedItems` is `items`, and `unevaluatedProperties` is `additionalProperties`, as long as no other keyword
    looks at parts of the value (`others`, those that do so beside the usual ones).
    """
    if any(keyword in node.mapping for node in (before, after) for keyword in (*LOOKING, *others)):
        return before, after
    said = [[keyword for keyword in (plain, rest) if keyword in node.mapping] for node in (before, after)]
    if said == [[plain], [rest]]:
        return before, _respelled(after, rest, plain)
    if said == [[rest], [plain]]:
        return _respelled(before, rest, plain), after
    return before, after


_FORMATS: Final = (
    ("byte", "contentEncoding", "base64"),
    ("base64url", "contentEncoding", "base64url"),
    ("binary", "contentMediaType", "application/octet-stream"),
)
"""How 3.0 says by `format` what 3.1 says of the content (OAS 3.1.1, section 4.8.14.4 and appendix on migration)."""


def encoded(before: Node, after: Node) -> tuple[Node, Node]:
    """Two schemas without what they say of how a text is encoded, if in words of 3.0 and 3.1 it is the same."""
    for named, keyword, value in _FORMATS:
        for old, new in ((before.mapping, after.mapping), (after.mapping, before.mapping)):
            stated = new.get(keyword)
            alike = old.get("format") == named and isinstance(stated, str) and stated.lower() == value
            if alike and "format" not in new and keyword not in old:
                return before.without(("format", keyword)), after.without(("format", keyword))
    return before, after


def _respelled(node: Node, written: str, meant: str) -> Respelled:
    value = {meant if key == written else key: member for key, member in node.mapping.items()}
    made = Respelled(node.pointer, value, node.referenced)
    for name, keyword in (("written", written), ("meant", meant)):
        object.__setattr__(made, name, keyword)  # a Node cannot be changed otherwise
    return made
