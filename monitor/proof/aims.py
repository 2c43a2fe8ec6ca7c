"""What a change of a schema is about, for the algebra: the place whose values it moves, and how to aim at them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from monitor.compare import Change, Effect, changes
from monitor.contract import Direction
from monitor.values import JsonValue

_PRESENCE: Final = (
    changes.PropertyAdded, changes.PropertyRemoved, changes.PropertyBecameRequired, changes.PropertyBecameOptional,
)  # fmt: skip
"""Changes of the object around a property, whose name is the last step to them."""

_BRANCHES: Final = (changes.UnionBranchAdded, changes.UnionBranchRemoved, changes.UnionBecameAmbiguous)
_BESIDE: Final = (
    changes.SubschemaAdded, changes.SubschemaRemoved, changes.SubschemaChanged, changes.PatternPropertyAdded,
    changes.PatternPropertyRemoved, changes.ExclusionAdded, changes.ExclusionRemoved, changes.ExclusionWidened,
    changes.ExclusionNarrowed, changes.ExclusionChanged, changes.ExclusionUndecided,
)  # fmt: skip
"""Changes of the value around, whose last step is no part of it: a keyword or a pattern."""

_UNIONS: Final = (
    *_BRANCHES,
    changes.UnionAdded,
    changes.UnionRemoved,
    changes.OneOfBecameAnyOf,
    changes.AnyOfBecameOneOf,
)
_SUBSCHEMAS: Final = (changes.SubschemaAdded, changes.SubschemaRemoved, changes.SubschemaChanged)
_NULLS: Final = (changes.BecameNullable, changes.BecameNonNullable)
_FORMATS: Final = (changes.FormatNarrowed, changes.FormatWidened, changes.FormatChanged)
_BOUNDS: Final = (
    changes.BoundAdded, changes.BoundRemoved, changes.BoundIncreased, changes.BoundDecreased,
    changes.BoundBecameExclusive, changes.BoundBecameInclusive,
)  # fmt: skip
_SETS: Final = (
    *_PRESENCE, *_BRANCHES, *_BESIDE, *_BOUNDS, changes.TypeNarrowed, changes.TypeWidened, changes.TypeChanged,
    changes.EnumValueAdded, changes.EnumValueRemoved, changes.EnumAdded, changes.EnumRemoved, changes.ConstChanged,
    changes.MultipleOfNarrowed, changes.MultipleOfWidened, changes.MultipleOfChanged, changes.UniqueItemsAdded,
    changes.UniqueItemsRemoved, changes.PatternAdded, changes.PatternRemoved, changes.PatternNarrowed,
    changes.PatternWidened, changes.PatternChanged, changes.PatternUndecided, changes.ItemsAdded, changes.ItemsRemoved,
    changes.AdditionalPropertiesNarrowed, changes.AdditionalPropertiesWidened, changes.UnionAdded,
    changes.UnionRemoved, changes.OneOfBecameAnyOf, changes.AnyOfBecameOneOf,
    changes.AllOfBranchAdded, changes.AllOfBranchRemoved, changes.DependentRequiredAdded,
    changes.DependentRequiredRemoved,
)  # fmt: skip
"""Changes of which the algebra knows all that they mean.

Not `null`, whose readings are kinder than the letter (docs/stance.md), not formats, of which some are known by name
alone, and not what is about the text of a value: discriminators, XML, encodings.
"""

_SIZES: Final = frozenset({"minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"})


@dataclass(frozen=True, slots=True)
class Aim:
    """The steps to the place that a change is about, and what is known of the values that it moves.

    `branch`: whether it is a branch of a union, or a keyword, of the value at the place. `name`: of the property whose
    presence it is about. `shown`: the values that came or went.
    """

    steps: tuple[str, ...]
    branch: bool = False
    name: str | None = None
    shown: tuple[JsonValue, ...] = ()


def is_of_schemas(change: Change) -> bool:
    """Whether a value can show the change, and no call is needed."""
    return isinstance(change, (*_SETS, *_NULLS, *_FORMATS, changes.AcceptedValuesChanged))


def has_value(change: Change, direction: Direction) -> bool:
    """Whether a value can say to a reader what the change does in this direction.

    That an optional property is gone from a response is told by its absence for ever, which no one answer shows.
    """
    return not (isinstance(change, changes.PropertyRemoved) and not change.required and direction is Direction.RESPONSE)


def says_so(change: Change, direction: Direction) -> bool:
    """Whether the change says that values went that a client sends, or came that it receives, or may have.

    A bound of what is no text, array or object decides nothing by the letter, and is meant all the same
    (docs/stance.md): the sets do not tell.
    """
    hurts = Effect.NARROWED if direction is Direction.REQUEST else Effect.WIDENED
    if isinstance(change, _BOUNDS) and change.keyword in _SIZES:
        return False
    if isinstance(change, _UNIONS) and change.keyword == "oneOf":
        return False  # its variants are read as apart; by the letter they may refuse one another's values
    if isinstance(change, _SUBSCHEMAS) and change.keyword == "contentSchema":
        return False  # an annotation, which refuses nothing by itself
    return isinstance(change, _SETS) and change.effect in (hurts, Effect.CHANGED, Effect.UNDECIDED)


def aim_of(change: Change, steps: tuple[str, ...]) -> Aim:
    """What to ask of the algebra about a change at the end of these steps."""
    if isinstance(change, _PRESENCE):
        return Aim(steps[:-1], name=steps[-1] if steps else None)
    if isinstance(change, (*_BRANCHES, *_BESIDE)):
        return Aim(steps[:-1], branch=True)
    if isinstance(change, changes.EnumValueAdded | changes.EnumValueRemoved):
        return Aim(steps, shown=(change.value,))
    if isinstance(change, changes.ConstChanged):
        return Aim(steps, shown=(change.before, change.after))
    return Aim(steps, shown=(None,) if isinstance(change, _NULLS) else ())
