"""Schemas inside schemas: `contains`, `propertyNames`, `if`, `not`, what depends on another property.

Keywords with one more schema that must be fitted are one table; two rules come of each row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from monitor.compare.changes import (
    DependentRequiredAdded,
    DependentRequiredRemoved,
    ExclusionAdded,
    ExclusionChanged,
    ExclusionNarrowed,
    ExclusionRemoved,
    ExclusionUndecided,
    ExclusionWidened,
    SubschemaAdded,
    SubschemaChanged,
    SubschemaRemoved,
)
from monitor.rules.areas.wording import ANNOTATION
from monitor.rules.example import Example
from monitor.rules.levels import Level
from monitor.rules.registry import rule

_Subschema = SubschemaAdded | SubschemaRemoved | SubschemaChanged
_LIST: Final = "type: array, items: {}"
_MAP: Final = "type: object, properties: {name: {type: string}}"
_IF: Final = "if: {properties: {name: {const: root}}}"


@dataclass(frozen=True, slots=True)
class _Keyword:
    """One row: a keyword, its rules' subject, who must fit the schema in words, and a schema without and with it."""

    name: str
    subject: str
    fits: str
    without: str
    stated: str


KEYWORDS: Final = (
    _Keyword("contains", "contains", "Some item of the list", _LIST, "contains: {type: string}"),
    _Keyword("propertyNames", "property-names", "The name of each property", _MAP, "propertyNames: {maxLength: 9}"),
    _Keyword(
        "dependentSchemas",
        "dependent-schema",
        "An object that has the property `{name}`",
        _MAP,
        "dependentSchemas: {name: {minProperties: 2}}",
    ),
    _Keyword(
        "unevaluatedItems",
        "unevaluated-items",
        "Each item that nothing else looked at",
        "type: array, prefixItems: [{type: string}]",
        "unevaluatedItems: false",
    ),
    _Keyword(
        "contentSchema",
        "content-schema",
        "What is inside the text",
        "type: string, contentMediaType: application/json",
        "contentSchema: {type: object}",
    ),
    _Keyword("if", "condition", "A value that meets a condition", _MAP, f"{_IF}, then: {{minProperties: 2}}"),
    _Keyword("then", "then", "A value that meets the condition", f"{_MAP}, {_IF}", "then: {minProperties: 2}"),
    _Keyword("else", "else", "A value that does not meet the condition", f"{_MAP}, {_IF}", "else: {minProperties: 2}"),
)


_UNSEEN: Final = {
    "contentSchema": ANNOTATION,
    "propertyNames": "The algebra does not solve for names, so that of the example's sets it can tell nothing.",
}


def _picks(keyword: str) -> Callable[[_Subschema], bool]:
    return lambda change: change.keyword == keyword


def _declare(row: _Keyword, on: type[SubschemaAdded | SubschemaRemoved]) -> None:
    added = on is SubschemaAdded
    schemas = f"{{{row.without}}}", f"{{{row.without}, {row.stated}}}"

    def declared(change: _Subschema) -> None:
        """One cell of the table; its sentence is given in the declaration."""

    rule(
        on=on,
        when=_picks(row.name),
        name=f"{row.subject}-{'added' if added else 'removed'}",
        sentence=f"{row.fits} {'must fit one more schema now' if added else 'need no longer fit a schema'}: "
        f"`{row.name}`.",
        request=Level.BREAKING if added else Level.COMPATIBLE,
        response=Level.COMPATIBLE if added else Level.BREAKING,
        why="Values that do not fit it were accepted, and are refused now."
        if added
        else "A client may receive values that do not fit it, which it was promised not to.",
        advice=f"Check what you send with a JSON Schema validator: generated code seldom looks at `{row.name}`."
        if added
        else f"Look for code that counts on `{row.name}`, and have a branch for values that do not fit.",
        unseen=_UNSEEN.get(row.name),
        example=Example.of(before=schemas[0 if added else 1], after=schemas[1 if added else 0]),
    )(declared)


for _row in KEYWORDS:
    _declare(_row, SubschemaAdded)
    _declare(_row, SubschemaRemoved)


@rule(
    on=SubschemaChanged,
    when=_picks("if"),
    request=Level.RISKY,
    response=Level.RISKY,
    why="Which values meet the condition is different, and with it what each of them must fit and which of their parts "
    "count as listed; how the two sets relate is undecided.",
    advice="Check what you send with a JSON Schema validator, and look for code that decides by the old condition.",
    example=Example.of(
        before=f"{{{_MAP}, {_IF}, then: {{minProperties: 2}}}}",
        after=f"{{{_MAP}, {_IF.replace('root', 'admin')}, then: {{minProperties: 2}}}}",
    ),
)
def condition_changed(change: SubschemaChanged) -> None:
    """The condition `if` is another one."""


@rule(
    on=SubschemaChanged,
    when=_picks("contains"),
    request=Level.RISKY,
    response=Level.RISKY,
    why="Other items count than before. As there is a highest count as well as a lowest, how the two sets of lists "
    "relate is undecided.",
    advice="Count the items of the new kind in the lists that you send, and do not count on the old number where you "
    "read.",
    example=Example.of(
        before=f"{{{_LIST}, contains: {{type: string}}, maxContains: 3}}",
        after=f"{{{_LIST}, contains: {{type: integer}}, maxContains: 3}}",
    ),
)
def contains_changed(change: SubschemaChanged) -> None:
    """Other items are counted by `contains`, of which there is a highest number."""


@rule(
    on=SubschemaChanged,
    when=_picks("unevaluatedItems"),
    request=Level.RISKY,
    response=Level.RISKY,
    why="What other schemas of the same list look at, `unevaluatedItems` passes over. They look at other items than "
    "before; how the two sets of lists relate is undecided.",
    advice="Check the lists that you send with a JSON Schema validator, and allow for items of other kinds where you "
    "read.",
    example=Example.of(
        before="{type: array, allOf: [{prefixItems: [{}]}], unevaluatedItems: false}",
        after="{type: array, allOf: [{prefixItems: [{}, {}]}], unevaluatedItems: false}",
    ),
)
def unevaluated_items_changed(change: SubschemaChanged) -> None:
    """Other items are left to `unevaluatedItems`."""


_STOP_SENDING = "Find such values in what you send, stored ones too, and send others in their place."
_MEET_THEM = "Have a branch for the values that were ruled out, where you read."
_ANY_TEXT = "{type: string}"
_NOT_NONE = "{type: string, not: {enum: [none]}}"
_NOT_NONE_NOR_ALL = "{type: string, not: {enum: [none, all]}}"


@rule(
    on=ExclusionAdded,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="Values that fit the schema of `not` were accepted, and are refused now.",
    advice=_STOP_SENDING,
    example=Example.of(before=_ANY_TEXT, after=_NOT_NONE),
)
def exclusion_added(change: ExclusionAdded) -> None:
    """Values are ruled out by `not`."""


@rule(
    on=ExclusionRemoved,
    request=Level.COMPATIBLE,
    response=Level.BREAKING,
    why="A client may receive values that it was promised not to.",
    advice=_MEET_THEM,
    example=Example.of(before=_NOT_NONE, after=_ANY_TEXT),
)
def exclusion_removed(change: ExclusionRemoved) -> None:
    """No values are ruled out by `not` any more."""


@rule(
    on=ExclusionWidened,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="Some values that were accepted are ruled out now.",
    advice=_STOP_SENDING,
    example=Example.of(before=_NOT_NONE, after=_NOT_NONE_NOR_ALL),
)
def exclusion_became_wider(change: ExclusionWidened) -> None:
    """More values are ruled out by `not`."""


@rule(
    on=ExclusionNarrowed,
    request=Level.COMPATIBLE,
    response=Level.BREAKING,
    why="A client may receive values that it was promised not to.",
    advice=_MEET_THEM,
    example=Example.of(before=_NOT_NONE_NOR_ALL, after=_NOT_NONE),
)
def exclusion_became_narrower(change: ExclusionNarrowed) -> None:
    """Fewer values are ruled out by `not`."""


@rule(
    on=ExclusionChanged,
    request=Level.BREAKING,
    response=Level.BREAKING,
    why="Some values that were accepted are ruled out now, and others come that were ruled out.",
    advice="Stop sending what is ruled out now, and have a branch for what no longer is.",
    example=Example.of(before=_NOT_NONE, after="{type: string, not: {enum: [all]}}"),
)
def exclusion_changed(change: ExclusionChanged) -> None:
    """Other values are ruled out by `not`."""


@rule(
    on=ExclusionUndecided,
    request=Level.RISKY,
    response=Level.RISKY,
    why="Which values `not` ruled out and rules out now is undecided.",
    advice="Try what you send, stored values too, against the new schema of `not`.",
    example=Example.of(
        before="{type: string, not: {pattern: '^[a-z]+$'}}", after="{type: string, not: {pattern: '^(?!con)[a-z]+$'}}"
    ),
)
def unknown_exclusion_changed(change: ExclusionUndecided) -> None:
    """Other values may be ruled out by `not`."""


_FREE = "{type: object, properties: {street: {type: string}, city: {type: string}}}"
_STREET_NEEDS_CITY = (
    "{type: object, properties: {street: {type: string}, city: {type: string}}, dependentRequired: {street: [city]}}"
)


@rule(
    on=DependentRequiredAdded,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="An object with the one property and without the other was accepted, and is refused now.",
    advice="Where you send the one property, send the other with it, or leave out both.",
    example=Example.of(before=_FREE, after=_STREET_NEEDS_CITY),
)
def dependent_required_added(change: DependentRequiredAdded) -> None:
    """Where the property `{trigger}` is present, `{name}` must now be present too."""


@rule(
    on=DependentRequiredRemoved,
    request=Level.COMPATIBLE,
    response=Level.BREAKING,
    why="A client that finds the one property and counts on the other fails on the first answer without it.",
    advice="Look for the second property before you read it, also where the first is present.",
    example=Example.of(before=_STREET_NEEDS_CITY, after=_FREE),
)
def dependent_required_removed(change: DependentRequiredRemoved) -> None:
    """Where the property `{trigger}` is present, `{name}` need no longer be."""
