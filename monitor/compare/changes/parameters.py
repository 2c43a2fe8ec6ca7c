"""Parameters and headers."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.compare.changes.base import Change, Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfParameter(Change):
    name: str
    place: str
    """`path`, `query`, `header`, `cookie`, `querystring`, or `formData` (Swagger 2.0)."""
    required: bool = False


class ParameterAdded(_OfParameter):
    """`required` says whether the new parameter must be sent."""

    @property
    def effect(self) -> Effect:  # type: ignore[override]  # a constant of other kinds; here it follows from the values
        return Effect.NARROWED if self.required else Effect.WIDENED


class ParameterRemoved(_OfParameter):
    """`required` says whether the parameter had to be sent."""

    effect = Effect.NARROWED


class ParameterBecameRequired(_OfParameter):
    """It could be left out and must now be sent."""

    effect = Effect.NARROWED


class ParameterBecameOptional(_OfParameter):
    """It had to be sent and can now be left out."""

    effect = Effect.WIDENED


class PathParameterRenamed(_OfParameter):
    """The wire does not see it, generated code does. `before` and `after` are the names."""

    effect = Effect.NEUTRAL


class BodyParameterRenamed(_OfParameter):
    """A parameter `in: body` (Swagger 2.0), whose name is not sent. `before` and `after` are the names."""

    effect = Effect.NEUTRAL


class ParameterPlaceChanged(_OfParameter):
    """It is sent in another place: `before` and `after` are the values of `in`."""

    effect = Effect.CHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterSerializationChanged(_OfParameter):
    """How the value is written on the wire: `keyword` is `style` (2.0: `collectionFormat`), `explode` or `content`."""

    keyword: str
    effect = Effect.CHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfSpelling(Change):
    keyword: str
    """`allowReserved` or `allowEmptyValue`."""


class SpellingAllowed(_OfSpelling):
    """A value may be written in one more way: with reserved characters as they are, or as nothing at all."""

    effect = Effect.WIDENED


class SpellingDisallowed(_OfSpelling):
    """A value may no longer be written with reserved characters as they are, or as nothing at all."""

    effect = Effect.NARROWED


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfHeader(Change):
    name: str
    required: bool = False


class HeaderAdded(_OfHeader):
    """A response header is new."""

    effect = Effect.NARROWED


class HeaderRemoved(_OfHeader):
    """A response header is gone."""

    effect = Effect.WIDENED


class HeaderBecameRequired(_OfHeader):
    """A response header is now always sent."""

    effect = Effect.NARROWED


class HeaderBecameOptional(_OfHeader):
    """A response header was always sent and now may be absent."""

    effect = Effect.WIDENED
