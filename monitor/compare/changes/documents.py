"""What a document says of itself: its long description, its tags, its scopes under extension keys."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.compare.changes.base import Change, Effect

# --- the long description --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfSection(Change):
    section: str
    """The headings that lead to the section, outermost first: `Making requests > Rate Limits`."""
    effect = Effect.NEUTRAL


class SectionAdded(_OfSection):
    """The long description has one more section."""


class SectionRemoved(_OfSection):
    """The long description has one section less."""


class SectionChanged(_OfSection):
    """The text of a section differs, apart from what its examples say of a shape."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionRenamed(_OfSection):
    """The same text stands under another heading. `section` is the new one, `was` the old."""

    was: str


class PromiseWordsAdded(_OfSection):
    """The long description has a section that says what the provider promises."""


class PromiseWordsRemoved(_OfSection):
    """The section that said what the provider promises is gone."""


class PromiseWordsChanged(_OfSection):
    """The section that says what the provider promises reads otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfExample(Change):
    section: str
    path: str
    """Where in the JSON: `rate_limit > retry_after`; `[]` stands for the items of a list."""


class DocumentedKeyAdded(_OfExample):
    """JSON shown in the long description has one more key."""

    effect = Effect.WIDENED


class DocumentedKeyRemoved(_OfExample):
    """JSON shown in the long description has one key less."""

    effect = Effect.UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentedValueChanged(_OfExample):
    """JSON shown in the long description has a value of another type, or a text of another form."""

    was: str
    """What the value was, in words: `an RFC 1123 date`."""
    now: str
    effect = Effect.UNDECIDED


# --- tags ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfTag(Change):
    name: str
    effect = Effect.NEUTRAL


class TagAdded(_OfTag):
    """A tag is described now; which operations bear it is told by other changes."""


class TagRemoved(_OfTag):
    """A tag is no longer described."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TagChanged(_OfTag):
    """A tag is described otherwise (`keyword`: `description`, `externalDocs`, …)."""

    keyword: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationTagsChanged(Change):
    """An operation bears other tags, or the same in another order. `was` and `now`: their names."""

    was: tuple[str, ...]
    now: tuple[str, ...]
    effect = Effect.NEUTRAL


# --- scopes under extension keys -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfScopes(Change):
    keyword: str
    """The extension that holds the list, such as `x-rbac-scopes`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredScopeAdded(_OfScopes):
    """The list of scopes that a call needs has one more."""

    scope: str
    effect = Effect.NARROWED


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredScopeRemoved(_OfScopes):
    """The list of scopes that a call needs has one less."""

    scope: str
    effect = Effect.WIDENED


class ScopesStated(_OfScopes):
    """It is said which scopes a call needs, where nothing was said. `after`: every scope of the lists, sorted."""

    effect = Effect.NEUTRAL


class ScopesUnstated(_OfScopes):
    """It is no longer said which scopes a call needs. `before`: every scope of the lists, sorted."""

    effect = Effect.NEUTRAL


class ScopesReworded(_OfScopes):
    """Words that say the scopes once more differ, and the scopes are as they were. `keyword` is where they stand."""

    effect = Effect.NEUTRAL
