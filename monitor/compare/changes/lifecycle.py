"""Lifecycle marks, names, and what nothing else understands."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.compare.changes.base import Change, Effect
from monitor.compare.changes.subschemas import _OfKeyword


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfLifecycle(Change):
    subject: str
    """`parameter`, `header`, `property`, `schema`, `security scheme`."""
    name: str
    effect = Effect.NEUTRAL


class ElementDeprecated(_OfLifecycle):
    """`deprecated: true` is new on something that is not an operation."""


class ElementUndeprecated(_OfLifecycle):
    """`deprecated: true` was taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfComponent(Change):
    section: str
    """The kind of component: `schemas`, `parameters`, `responses`, …."""
    name: str
    effect = Effect.NEUTRAL


class ComponentAdded(_OfComponent):
    """A named component is new; what uses it is told by other changes."""


class ComponentRemoved(_OfComponent):
    """A named component is gone; what used it is told by other changes."""


class ComponentRenamed(_OfComponent):
    """The same place refers to a component of another name. `before` and `after` are the names."""


class DocsChanged(_OfKeyword):
    """A description, title, summary, example or the like: what people read."""

    effect = Effect.NEUTRAL


class KeywordWithoutEffect(_OfKeyword):
    """A keyword differs that says nothing where it stands: `readOnly` of what is no property, `then` without `if`."""

    effect = Effect.NEUTRAL


class ExtensionChanged(_OfKeyword):
    """A specification extension (`x-…`) was added, removed or changed."""

    effect = Effect.UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclassified(_OfKeyword):
    """A difference that no comparator understands: reported as such, never dropped.

    `details` has one line for each difference inside the fragment.
    """

    details: tuple[str, ...] = ()
    effect = Effect.UNDECIDED
