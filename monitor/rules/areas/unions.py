"""Unions (`oneOf`, `anyOf`) and `allOf`."""

from __future__ import annotations

from monitor.compare.changes import (
    AllOfBranchAdded,
    AllOfBranchRemoved,
    UnionAdded,
    UnionBranchAdded,
    UnionBranchRemoved,
    UnionRemoved,
)
from monitor.rules.example import Example
from monitor.rules.levels import Level
from monitor.rules.registry import rule

_CARD = "{title: Card, type: object, properties: {number: {type: string}}}"
_CASH = "{title: Cash, type: object, properties: {amount: {type: integer}}}"
_LOAN = "{title: Loan, type: object, properties: {months: {type: integer}}}"
_TWO = f"oneOf:\n  - {_CARD}\n  - {_CASH}"
_THREE = f"{_TWO}\n  - {_LOAN}"
_CODE = "{type: string, minLength: 1}"
_CODE_OF_TWO = """
    type: string
    minLength: 1
    anyOf:
      - {title: Word, pattern: '^[a-z]+$'}
      - {title: Number, pattern: '^[0-9]+$'}
"""
_LONG = "{title: Long, minLength: 8}"
_SMALL = "{title: Small, pattern: '^[a-z]*$'}"


@rule(
    on=UnionBranchAdded,
    request=Level.COMPATIBLE,
    response=Level.BREAKING,
    why="A client may receive a variant that it has no code for.",
    advice="Have a branch for variants that you do not know.",
    example=Example.of(before=_TWO, after=_THREE),
)
def union_branch_added(change: UnionBranchAdded) -> None:
    """The variant `{name}` is new in `{keyword}`."""


@rule(
    on=UnionBranchRemoved,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="A caller that sends this variant was served, and is now refused.",
    advice="Send one of the variants that are left.",
    example=Example.of(before=_THREE, after=_TWO),
)
def union_branch_removed(change: UnionBranchRemoved) -> None:
    """The variant `{name}` is gone from `{keyword}`."""


@rule(
    on=UnionAdded,
    request=Level.RISKY,
    response=Level.RISKY,
    why="A value must now fit a choice of schemas beside what was asked before; how the two sets relate is undecided.",
    advice="See whether what you send and read fits one of the variants.",
    example=Example.of(before=_CODE, after=_CODE_OF_TWO),
)
def union_added(change: UnionAdded) -> None:
    """`{keyword}` is stated where there was none."""


@rule(
    on=UnionRemoved,
    request=Level.RISKY,
    response=Level.RISKY,
    why="A value need no longer fit one of a choice of schemas; how the two sets relate is undecided.",
    advice="See whether what you send and read fits what is left.",
    example=Example.of(before=_CODE_OF_TWO, after=_CODE),
)
def union_removed(change: UnionRemoved) -> None:
    """`{keyword}` is no longer stated."""


@rule(
    on=AllOfBranchAdded,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="A value must fit one more schema; some that were accepted do not.",
    advice="See whether what you send fits it.",
    example=Example.of(
        before=f"type: string\nallOf:\n  - {_LONG}", after=f"type: string\nallOf:\n  - {_LONG}\n  - {_SMALL}"
    ),
)
def all_of_branch_added(change: AllOfBranchAdded) -> None:
    """A value must now fit `{name}` as well."""


@rule(
    on=AllOfBranchRemoved,
    request=Level.COMPATIBLE,
    response=Level.BREAKING,
    why="A value need no longer fit one of the schemas; a client may receive some that it was promised not to.",
    advice="Read values that do not fit it too.",
    example=Example.of(
        before=f"type: string\nallOf:\n  - {_LONG}\n  - {_SMALL}", after=f"type: string\nallOf:\n  - {_LONG}"
    ),
)
def all_of_branch_removed(change: AllOfBranchRemoved) -> None:
    """A value need no longer fit `{name}`."""
