"""How schemas are written in XML."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.compare.changes.base import Change, Effect
from monitor.compare.changes.subschemas import _OfKeyword


class XmlNameChanged(Change):
    """An element or attribute has another name in XML. `before` and `after` are the names; None where it is unknown."""

    effect = Effect.CHANGED


class XmlNamespaceChanged(Change):
    """An element or attribute is of another XML namespace; None: of none of its own."""

    effect = Effect.CHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlNodeChanged(Change):
    """A value is another kind of node in XML (`attribute`, `wrapped`, `nodeType`); `was` and `now` in words."""

    was: str
    now: str
    effect = Effect.CHANGED


class XmlSpellingChanged(_OfKeyword):
    """The same XML is spelled otherwise: another prefix for a namespace, or CDATA for text."""

    effect = Effect.NEUTRAL
