"""Unions (`oneOf`, `anyOf`) and `allOf`."""

from __future__ import annotations

from monitor.compare.changes import (
    AllOfBranchAdded,
    AllOfBranchRemoved,
    AnyOfBecameOneOf,
    DiscriminatorAdded,
    DiscriminatorChanged,
    DiscriminatorRemoved,
    DiscriminatorValueAdded,
    DiscriminatorValueChanged,
    DiscriminatorValueRemoved,
    OneOfBecameAnyOf,
    UnionAdded,
    UnionBecameAmbiguous,
    UnionBranchAdded,
    UnionBranchRemoved,
    UnionRemoved,
)
from monitor.rules.areas.wording import APART, STILL_TAKEN, VALIDATE
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
    advice="Give the code that reads a default branch for variants that it does not know: one that raises nothing.",
    unseen=APART,
    example=Example.of(before=_TWO, after=_THREE),
)
def union_branch_added(change: UnionBranchAdded) -> None:
    """The variant `{name}` is new in `{keyword}`."""


@rule(
    on=UnionBranchRemoved,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="A caller that sends this variant was served, and is now refused.",
    advice=STILL_TAKEN,
    unseen=APART,
    example=Example.of(before=_THREE, after=_TWO),
)
def union_branch_removed(change: UnionBranchRemoved) -> None:
    """The variant `{name}` is gone from `{keyword}`."""


@rule(
    on=UnionAdded,
    request=Level.RISKY,
    response=Level.RISKY,
    why="A value must now fit a choice of schemas beside what was asked before; how the two sets relate is undecided.",
    advice="Check what you send against the variants, and have a branch for each of them where you read.",
    example=Example.of(before=_CODE, after=_CODE_OF_TWO),
)
def union_added(change: UnionAdded) -> None:
    """`{keyword}` is stated where there was none."""


@rule(
    on=UnionRemoved,
    request=Level.RISKY,
    response=Level.RISKY,
    why="A value need no longer fit one of a choice of schemas; how the two sets relate is undecided.",
    advice="Check what you send against the schema that is left, and keep a branch for what fits no variant.",
    example=Example.of(before=_CODE_OF_TWO, after=_CODE),
)
def union_removed(change: UnionRemoved) -> None:
    """`{keyword}` is no longer stated."""


@rule(
    on=AllOfBranchAdded,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="A value must fit one more schema; some that were accepted do not.",
    advice=VALIDATE,
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
    advice="Look for code that counts on the schema that is gone, and give it a branch for values that do not fit.",
    example=Example.of(
        before=f"type: string\nallOf:\n  - {_LONG}\n  - {_SMALL}", after=f"type: string\nallOf:\n  - {_LONG}"
    ),
)
def all_of_branch_removed(change: AllOfBranchRemoved) -> None:
    """A value need no longer fit `{name}`."""


@rule(
    on=UnionBecameAmbiguous,
    request=Level.BREAKING,
    response=Level.BREAKING,
    why="`oneOf` accepts what fits exactly one variant. What was accepted fits several of them now, and is refused; "
    "what is accepted is new.",
    advice="Ask the provider: `anyOf` may be meant. Until then, send values that fit one variant only.",
    example=Example.of(
        before="{type: integer}",
        after="oneOf:\n  - {type: integer}\n  - {type: number}",
    ),
)
def union_became_ambiguous(change: UnionBecameAmbiguous) -> None:
    """What was accepted fits more than one variant of `{keyword}` now."""


_OVERLAPPING = "\n  - {title: Long, type: string, minLength: 8}\n  - {title: Word, type: string, pattern: '^[a-z]+$'}"


@rule(
    on=OneOfBecameAnyOf,
    request=Level.COMPATIBLE,
    response=Level.BREAKING,
    why="A client may receive what fits several variants at once, where each value was of one.",
    advice="Let the code that reads not count on a single variant: try them in an order of your own.",
    example=Example.of(before=f"oneOf:{_OVERLAPPING}", after=f"anyOf:{_OVERLAPPING}"),
)
def one_of_became_any_of(change: OneOfBecameAnyOf) -> None:
    """`oneOf` became `anyOf`: what fits several of the variants ({name}) is accepted now."""


@rule(
    on=AnyOfBecameOneOf,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="A caller that sends what fits several variants was served, and is now refused.",
    advice="Send values that fit one variant only; ask the provider how to tell which it is.",
    example=Example.of(before=f"anyOf:{_OVERLAPPING}", after=f"oneOf:{_OVERLAPPING}"),
)
def any_of_became_one_of(change: AnyOfBecameOneOf) -> None:
    """`anyOf` became `oneOf`: what fits several of the variants ({name}) is refused now."""


_PAYMENTS = """
    paths:
      /payments:
        post:
          requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Payment"}}}}
          responses:
            "200": {description: Paid., content: {application/json: {schema: {$ref: "#/components/schemas/Payment"}}}}
    components:
      schemas:
        Payment:
          oneOf: [{$ref: "#/components/schemas/Card"}, {$ref: "#/components/schemas/Cash"}]DISCRIMINATOR
        Card: {type: object, properties: {kind: {type: string}, number: {type: string}}}
        Cash: {type: object, properties: {kind: {type: string}, amount: {type: integer}}}
"""


def _union(discriminator: str) -> str:
    stated = f"\n          discriminator: {discriminator}" if discriminator else ""
    return _PAYMENTS.replace("DISCRIMINATOR", stated)


def _mapping(entries: str) -> str:
    return _union(f"{{propertyName: kind, mapping: {{{entries}}}}}")


_PLAIN = _union("")
_KIND = _union("{propertyName: kind}")
_ONE_VALUE = _mapping("card: '#/components/schemas/Card'")
_TWO_VALUES = _mapping("card: '#/components/schemas/Card', visa: '#/components/schemas/Card'")
_HINT = "The property tells the variants apart for whoever reads them; which values are accepted, the variants say."
_NAMES_ONLY = (
    "Which variants may come is told of the union itself; another name for one the field tells for information."
)


@rule(
    on=DiscriminatorAdded,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    why=_HINT,
    advice="Nothing to do. Code that guesses the variant can now look at the property.",
    example=Example.document(before=_PLAIN, after=_KIND),
)
def discriminator_added(change: DiscriminatorAdded) -> None:
    """It is stated which property tells the variants apart."""


@rule(
    on=DiscriminatorRemoved,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    why=_HINT,
    advice="Nothing to do, as long as the property is there.",
    example=Example.document(before=_KIND, after=_PLAIN),
)
def discriminator_removed(change: DiscriminatorRemoved) -> None:
    """It is no longer stated which property tells the variants apart."""


@rule(
    on=DiscriminatorChanged,
    request=Level.BREAKING,
    response=Level.RISKY,
    waiver="Of a response: whether the old property still comes is told by itself, and it often does for a while.",
    why="The provider looks at another property to tell the variants apart; a client that looks at the old one may "
    "find nothing.",
    advice="Name the variant in the new property when you send, and tell variants apart by it when you read.",
    example=Example.document(before=_KIND, after=_KIND.replace("propertyName: kind", "propertyName: type")),
)
def discriminator_changed(change: DiscriminatorChanged) -> None:
    """The variants were told apart by {before}, and are by {after}."""


@rule(
    on=DiscriminatorValueAdded,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    waiver=_NAMES_ONLY,
    why="A variant goes by one more name.",
    advice="Have a branch for names that you do not know.",
    example=Example.document(before=_ONE_VALUE, after=_TWO_VALUES),
)
def discriminator_value_added(change: DiscriminatorValueAdded) -> None:
    """The value `{value}` of the discriminator names a variant now."""


@rule(
    on=DiscriminatorValueRemoved,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="A caller that names the variant so was understood, and no longer is.",
    advice="Name the variant as the document does now, in tables written by hand too.",
    example=Example.document(before=_TWO_VALUES, after=_ONE_VALUE),
)
def discriminator_value_removed(change: DiscriminatorValueRemoved) -> None:
    """The value `{value}` of the discriminator no longer names a variant."""


@rule(
    on=DiscriminatorValueChanged,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    waiver=f"In a response: {_NAMES_ONLY[0].lower()}{_NAMES_ONLY[1:]}",
    why="What a caller sends under this name is read as another variant.",
    advice="Name the variant as the document does now, in tables written by hand too.",
    example=Example.document(
        before=_mapping("paid: '#/components/schemas/Card'"), after=_mapping("paid: '#/components/schemas/Cash'")
    ),
)
def discriminator_value_changed(change: DiscriminatorValueChanged) -> None:
    """The value `{value}` of the discriminator named {before}, and names {after} now."""
