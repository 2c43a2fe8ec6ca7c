"""Bodies, media types, statuses, links and encodings."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.compare.changes.base import Change, Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestBodyAdded(Change):
    """An operation that took no body takes one."""

    required: bool

    @property
    def effect(self) -> Effect:  # type: ignore[override]  # a constant of other kinds; here it follows from the values
        return Effect.NARROWED if self.required else Effect.WIDENED


class RequestBodyRemoved(Change):
    """An operation that took a body takes none."""

    effect = Effect.NARROWED


class RequestBodyBecameRequired(Change):
    """The body could be left out and must now be sent."""

    effect = Effect.NARROWED


class RequestBodyBecameOptional(Change):
    """The body had to be sent and can now be left out."""

    effect = Effect.WIDENED


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaTypeAdded(Change):
    """A request body or response is offered in one more media type."""

    media_type: str
    effect = Effect.WIDENED


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaTypeRemoved(Change):
    """A request body or response is no longer offered in a media type."""

    media_type: str
    effect = Effect.NARROWED


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfMediaTypes(Change):
    was: str
    now: str


class MediaTypeNarrowed(_OfMediaTypes):
    """A media type became a special kind of itself: `application/json` is `application/problem+json` now."""

    effect = Effect.NARROWED


class MediaTypeWidened(_OfMediaTypes):
    """A media type became a general kind of itself."""

    effect = Effect.WIDENED


class MediaTypeParametersChanged(_OfMediaTypes):
    """A media type has other parameters: another charset or version."""

    effect = Effect.CHANGED


class MediaTypeSpellingChanged(_OfMediaTypes):
    """The same media type is written otherwise."""

    effect = Effect.NEUTRAL


class PartContentTypeNarrowed(_OfMediaTypes):
    """A part of a body is of fewer media types. `was` and `now` have the default where none is stated."""

    effect = Effect.NARROWED


class PartContentTypeWidened(_OfMediaTypes):
    """A part of a body may be of more media types."""

    effect = Effect.WIDENED


class PartContentTypeChanged(_OfMediaTypes):
    """A part of a body is of another media type."""

    effect = Effect.CHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class PartSerializationChanged(Change):
    """How the value of a part is written: `keyword` is `style` or `explode`."""

    keyword: str
    effect = Effect.CHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfLink(Change):
    name: str


class LinkAdded(_OfLink):
    """A response says of one more operation how to go on to it."""

    effect = Effect.NEUTRAL


class LinkRemoved(_OfLink):
    """A response no longer says how to go on to an operation."""

    effect = Effect.NEUTRAL


class LinkChanged(_OfLink):
    """A response says otherwise how to go on to an operation."""

    effect = Effect.NEUTRAL


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfStatus(Change):
    status: str
    """`200`, `4XX` or `default`."""

    @property
    def success(self) -> bool:
        """Whether the status is of the 2xx class."""
        return self.status.startswith("2")


class ResponseStatusAdded(_OfStatus):
    """A response for one more status is documented."""

    effect = Effect.WIDENED


class ResponseStatusRemoved(_OfStatus):
    """A documented response is gone."""

    effect = Effect.NARROWED


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfStatuses(Change):
    was: str
    """One status, or several with commas between."""
    now: str


class ResponseStatusWidened(_OfStatuses):
    """A range of statuses, or `default`, stands for what single ones were documented for."""

    effect = Effect.WIDENED


class ResponseStatusNarrowed(_OfStatuses):
    """Single statuses stand for what a range, or `default`, was documented for."""

    effect = Effect.NARROWED
