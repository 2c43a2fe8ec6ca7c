"""From a contract to its outline: what the ledger keeps of a document."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from monitor.compare import Conventions, promise_words
from monitor.ledger.evidence import FLAG, Found, evidence_of, prose_of, said, successor_of
from monitor.ledger.frozen import frozen_words
from monitor.ledger.identity import digest, identity
from monitor.ledger.places import Place, places
from monitor.ledger.prose import Statement
from monitor.ledger.reach import Reach
from monitor.ledger.types import Mark, Outline, Subject
from monitor.values import JsonObject, join

if TYPE_CHECKING:
    from monitor.contract import Contract

__all__ = ["FLAG", "outline"]

_REPLACEMENT = re.compile(
    r"\b(?:use|replaced by|superseded by|in favou?r of)\s+(?:the\s+)?"
    r"[`'\"*]*(?:(?P<method>GET|PUT|POST|DELETE|PATCH|HEAD|OPTIONS|TRACE)\s+)?(?P<path>/[\w\-./{}~:]*[\w}])",
    re.IGNORECASE,
)


_OF_ALL = re.compile(
    r"\b(?:this|the (?:whole|entire)|our)\b[^.]{0,40}\b(?:APIs?|version|document|specification|service)\b"
    r"|^\W*deprecated\b",
    re.IGNORECASE,
)
"""How a sentence of `info` speaks of the document's API, and not of what happens to deprecated things in general."""


def outline(contract: Contract, conventions: Conventions | None = None) -> Outline:
    """What the contract serves, what of it is said to be deprecated and by what evidence, and what it promises.

    `conventions`: under which keys webhooks stand, which extensions tell of deprecation, and by which phrases the
    sections of the promise are known.
    """
    known = conventions or Conventions()
    contract = known.applied(contract)
    operations: list[Subject] = []
    parts: set[str] = set()
    found: dict[Subject, list[Found]] = {}
    names: dict[tuple[str | None, str], Subject] = {}
    spoken: list[tuple[Place, str, Statement]] = []
    by_tag = _of_tags(contract)
    seen = list(places(contract))
    for place in seen:
        subject = place.subject
        if subject.whole:
            operations.append(subject)
            tagged = [each for tag in _tags(place.node) for each in by_tag.get(tag, ())]
            found.setdefault(subject, []).extend((*evidence_of(place, known), *tagged))
        else:
            parts.add(digest(identity(subject)))
            found.setdefault(subject, []).extend(evidence_of(place, known))
            names.setdefault(_called(place), subject)
        spoken.extend((place, key, told) for key, told in prose_of(place.node) if told.about is not None)
    for place, key, told in spoken:
        part = names.get(_part_of(place, told))
        if part is not None:
            found[part].append(said(told, join(place.subject.pointer, key)))
    document = _of_document(contract)
    if document:
        parts.add(digest(identity(_DOCUMENT)))
        found[_DOCUMENT] = document
    nodes = {place.subject: place.node for place in seen}
    reach = Reach(contract)
    marks = (_mark(subject, evidence, nodes.get(subject, {}), reach) for subject, evidence in found.items() if evidence)
    promised, still = promise_words(contract, known), frozen_words(contract)
    tags = {subject: tuple(sorted(set(_tags(nodes[subject])))) for subject in operations if _tags(nodes[subject])}
    return Outline(tuple(operations), tuple(marks), promised, frozenset(parts), still, tags)


_DOCUMENT = Subject("document", None, None, "/info")


def _mark(subject: Subject, found: list[Found], node: JsonObject, reach: Reach) -> Mark:
    named = successor_of(found)
    if subject.whole and subject.method is not None:
        told = _operation_in_prose(node, subject.method)
        named = told or (f"{subject.method} {named}" if named is not None and named.startswith("/") else named)
    evidence = {each.evidence.words: each.evidence for each in reversed(found)}
    tag = next(iter(_tags(node)), None) if subject.whole else None
    directions = () if subject.path is not None or subject.whole else reach.of(subject.pointer, node)
    return Mark(subject, tuple(reversed(evidence.values())), named, tag, directions)


def _operation_in_prose(node: JsonObject, method: str) -> str | None:
    """The operation that a deprecated operation's description or summary tells to use, or None.

    Any sentence counts ("Please use `GET /v2/users`."), for the operation is known to be deprecated. Without a method
    it is the operation's own. Whether there is such an operation is not looked at.
    """
    for key in ("description", "summary"):
        text = node.get(key)
        found = _REPLACEMENT.search(text) if isinstance(text, str) else None
        if found is not None:
            return f"{(found['method'] or method).upper()} {found['path']}"
    return None


def _called(place: Place) -> tuple[str | None, str]:
    """A part by the operation that it belongs to and the name that prose has for it."""
    name = place.subject.name
    if place.subject.kind == "parameter":
        name = name.rpartition(" in ")[0]
    return (place.holder, name)


def _part_of(place: Place, told: Statement) -> tuple[str | None, str]:
    """The part that a sentence in the text of a place is said of: a parameter of an operation, a value, a property."""
    about = told.about or ""
    if place.subject.whole:
        return (place.holder, about)
    if about in place.enum:
        return (place.holder, f"{place.subject.name} = {about}")
    return (place.holder, f"{place.subject.name} > {about}")


def _tags(node: JsonObject) -> list[Any]:
    tags = node.get("tags")
    return [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []


def _of_tags(contract: Contract) -> dict[str, list[Found]]:
    """What the descriptions of tags say of the operations that have them (OAS 3.0.4, section 4.8.22)."""
    holder = contract.at("/tags")
    found: dict[str, list[Found]] = {}
    for index in range(len(holder.value) if isinstance(holder.value, list) else 0):
        tag = holder.child(index)
        name = tag.mapping.get("name")
        told = [said(each, join(tag.pointer, key)) for key, each in prose_of(tag.mapping) if each.about is None]
        if isinstance(name, str) and told:
            found.setdefault(name, []).extend(told)
    return found


def _of_document(contract: Contract) -> list[Found]:
    info = contract.at("/info")
    return [
        said(each, join(info.pointer, key))
        for key, each in prose_of(info.mapping)
        if each.about is None and _OF_ALL.search(each.words)
    ]
