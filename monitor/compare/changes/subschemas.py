"""Schemas inside schemas: unions, members of `allOf`, conditions, items."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.compare.changes.base import Change, Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfSubschema(Change):
    keyword: str
    """`contains`, `propertyNames`, `dependentSchemas`, `contentSchema`, `unevaluatedItems`, `if`, `then`, `else`."""
    name: str = ""
    """The property on which it hangs (`dependentSchemas`); else empty."""


class SubschemaAdded(_OfSubschema):
    """One more schema that the value, or a part of it, must fit."""

    effect = Effect.NARROWED


class SubschemaRemoved(_OfSubschema):
    """One schema less that the value, or a part of it, must fit."""

    effect = Effect.WIDENED


class SubschemaChanged(_OfSubschema):
    """A schema differs that accepts and refuses at once (`if`, `contains` with `maxContains`)."""

    effect = Effect.UNDECIDED


class ExclusionAdded(Change):
    """`not` is stated: values that fit its schema are no longer accepted."""

    effect = Effect.NARROWED


class ExclusionRemoved(Change):
    """`not` is no longer stated."""

    effect = Effect.WIDENED


class ExclusionWidened(Change):
    """`not` rules out more values than before, so that fewer are accepted."""

    effect = Effect.NARROWED


class ExclusionNarrowed(Change):
    """`not` rules out fewer values than before, so that more are accepted."""

    effect = Effect.WIDENED


class ExclusionChanged(Change):
    """`not` rules out other values than before."""

    effect = Effect.CHANGED


class ExclusionUndecided(Change):
    """`not` differs; which values that moves is undecided."""

    effect = Effect.UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfDependency(Change):
    trigger: str
    """The property whose presence asks for the other."""
    name: str


class DependentRequiredAdded(_OfDependency):
    """Where `trigger` is present, `name` must be too."""

    effect = Effect.NARROWED


class DependentRequiredRemoved(_OfDependency):
    """Where `trigger` is present, `name` need no longer be."""

    effect = Effect.WIDENED


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfPattern(Change):
    pattern: str
    open: bool
    """Such names were (or are) accepted without the pattern too, with any value: the object lists nothing."""


class PatternPropertyAdded(_OfPattern):
    """A schema is stated for the properties whose names match a pattern."""

    @property
    def effect(self) -> Effect:  # type: ignore[override]  # a constant of other kinds; here it follows from the values
        return Effect.NARROWED if self.open else Effect.WIDENED


class ClosedPatternPropertyAdded(PatternPropertyAdded):
    """Properties of such names were ruled out in so many words."""


class PatternPropertyRemoved(_OfPattern):
    """The schema of the properties whose names match a pattern is no longer stated."""

    @property
    def effect(self) -> Effect:  # type: ignore[override]  # a constant of other kinds; here it follows from the values
        return Effect.WIDENED if self.open else Effect.NARROWED


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfContent(Change):
    keyword: str
    """`contentEncoding` or `contentMediaType`."""


class ContentAdded(_OfContent):
    """It is stated how a text is to be decoded, or what is in it."""

    effect = Effect.NARROWED


class ContentRemoved(_OfContent):
    """It is no longer stated how a text is to be decoded, or what is in it."""

    effect = Effect.WIDENED


class ContentChanged(_OfContent):
    """A text is encoded differently, or something else is in it."""

    effect = Effect.CHANGED


class DiscriminatorAdded(Change):
    """It is stated which property tells the variants of a union apart."""

    effect = Effect.NEUTRAL


class DiscriminatorRemoved(Change):
    """It is no longer stated which property tells the variants of a union apart."""

    effect = Effect.NEUTRAL


class DiscriminatorChanged(Change):
    """Another property tells the variants of a union apart. `before` and `after` are the names."""

    effect = Effect.CHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfMapping(Change):
    value: str
    """The value of the discriminating property."""


class DiscriminatorValueAdded(_OfMapping):
    """One more value of the discriminating property names a variant."""

    effect = Effect.WIDENED


class DiscriminatorValueRemoved(_OfMapping):
    """A value of the discriminating property no longer names a variant."""

    effect = Effect.NARROWED


class DiscriminatorValueChanged(_OfMapping):
    """A value of the discriminating property names another variant."""

    effect = Effect.CHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfKeyword(Change):
    keyword: str
    """The member of the object that differs."""


class AcceptedValuesChanged(Change):
    """A definition lost values that are sent, or gained values that are received, and no other change of it says so.

    Found by the algebra (monitor/proof); `sites` has only those that meet it in such a direction.
    """

    effect = Effect.CHANGED
