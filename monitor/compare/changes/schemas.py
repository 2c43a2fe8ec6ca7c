"""What a schema says of values: types, keywords, properties."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.compare.changes.base import Change, Effect
from monitor.values import JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfProperty(Change):
    name: str
    required: bool = False
    read_only: bool = False
    write_only: bool = False


class PropertyAdded(_OfProperty):
    """`required` says whether the new property must be present."""

    @property
    def effect(self) -> Effect:  # type: ignore[override]  # a constant of other kinds; here it follows from the values
        return Effect.NARROWED if self.required else Effect.WIDENED


class ClosedPropertyAdded(PropertyAdded):
    """The new property was ruled out in so many words: the object says what other names must be, or that none is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertySchemaAdded(PropertyAdded):
    """The name was accepted before as well, under a schema that takes values which that of the new property refuses.

    `certain`: whether it does; else what became of the values could not be decided.
    """

    certain: bool = True

    @property
    def effect(self) -> Effect:  # type: ignore[override]  # a constant of other kinds; here it follows from the values
        return Effect.NARROWED if self.certain else Effect.UNDECIDED


class PropertyRemoved(_OfProperty):
    """`required` says whether the property had to be present."""

    @property
    def effect(self) -> Effect:  # type: ignore[override]  # a constant of other kinds; here it follows from the values
        return Effect.CHANGED if self.required else Effect.NARROWED


class ClosedPropertyRemoved(PropertyRemoved):
    """The document says in so many words that other names are refused, or values of them that the property had."""


class OpenPropertyRemoved(PropertyRemoved):
    """The document says in so many words that other names are accepted, with every value that the property had."""

    @property
    def effect(self) -> Effect:  # type: ignore[override]  # a constant of other kinds; here it follows from the values
        return Effect.WIDENED


class PropertyBecameRequired(_OfProperty):
    """The property could be omitted and must now be present."""

    effect = Effect.NARROWED


class PropertyBecameOptional(_OfProperty):
    """The property was always present and may now be omitted."""

    effect = Effect.WIDENED


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOnlyChanged(_OfProperty):
    """`readOnly` flipped; `now` is the new value."""

    now: bool
    effect = Effect.NEUTRAL


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOnlyChanged(_OfProperty):
    """`writeOnly` flipped; `now` is the new value."""

    now: bool
    effect = Effect.NEUTRAL


class TypeNarrowed(Change):
    """Fewer types are accepted (`before` and `after`: sorted lists of type names; an empty list is any type)."""

    effect = Effect.NARROWED


class TypeWidened(Change):
    """More types are accepted."""

    effect = Effect.WIDENED


class TypeChanged(Change):
    """Some types went and others came."""

    effect = Effect.CHANGED


class BecameNullable(Change):
    """`null` is accepted now, however it is spelled."""

    effect = Effect.WIDENED


class BecameNonNullable(Change):
    """`null` is no longer accepted."""

    effect = Effect.NARROWED


class FormatNarrowed(Change):
    """`format` is stated for the first time, or for fewer values (int64 to int32)."""

    effect = Effect.NARROWED


class FormatWidened(Change):
    """`format` is no longer stated, or for more values (int32 to int64)."""

    effect = Effect.WIDENED


class FormatChanged(Change):
    """`format` differs and neither contains the other, as far as is known."""

    effect = Effect.UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfEnumValue(Change):
    value: JsonValue


class EnumValueAdded(_OfEnumValue):
    """A closed list of values got one more."""

    effect = Effect.WIDENED


class EnumValueRemoved(_OfEnumValue):
    """A closed list of values lost one."""

    effect = Effect.NARROWED


class EnumOrderChanged(Change):
    """The values of a list stand in another order, or some of them twice. Only generated code sees it."""

    effect = Effect.NEUTRAL


class EnumAdded(Change):
    """Any value was accepted, now only those of a list. A `const` is a list of one."""

    effect = Effect.NARROWED


class EnumRemoved(Change):
    """Only the values of a list were accepted, now any is."""

    effect = Effect.WIDENED


class ConstChanged(Change):
    """The one accepted value is another one."""

    effect = Effect.CHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfBound(Change):
    keyword: str
    """`minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`, `minLength`, `maxLength`, `minItems`, `maxItems`,
    `minProperties`, `maxProperties`; the exclusive ones in their numeric spelling, whatever the version."""

    @property
    def is_upper(self) -> bool:
        """Whether the keyword bounds from above."""
        return "max" in self.keyword.lower()


class BoundAdded(_OfBound):
    """A bound is stated that was not."""

    effect = Effect.NARROWED


class BoundRemoved(_OfBound):
    """A bound is no longer stated."""

    effect = Effect.WIDENED


class BoundIncreased(_OfBound):
    """A bound went up."""

    @property
    def effect(self) -> Effect:  # type: ignore[override]  # a constant of other kinds; here it follows from the values
        return Effect.WIDENED if self.is_upper else Effect.NARROWED


class BoundDecreased(_OfBound):
    """A bound went down."""

    @property
    def effect(self) -> Effect:  # type: ignore[override]  # a constant of other kinds; here it follows from the values
        return Effect.NARROWED if self.is_upper else Effect.WIDENED


class BoundBecameExclusive(_OfBound):
    """The bound is the same number, which is itself no longer accepted."""

    effect = Effect.NARROWED


class BoundBecameInclusive(_OfBound):
    """The bound is the same number, which is itself accepted now."""

    effect = Effect.WIDENED


class MultipleOfNarrowed(Change):
    """`multipleOf` is stated, or the new one is a multiple of the old."""

    effect = Effect.NARROWED


class MultipleOfWidened(Change):
    """`multipleOf` is no longer stated, or the old one is a multiple of the new."""

    effect = Effect.WIDENED


class MultipleOfChanged(Change):
    """`multipleOf` differs and neither divides the other."""

    effect = Effect.CHANGED


class UniqueItemsAdded(Change):
    """Items must now be unique."""

    effect = Effect.NARROWED


class UniqueItemsRemoved(Change):
    """Items need no longer be unique."""

    effect = Effect.WIDENED


class PatternAdded(Change):
    """A `pattern` is stated that was not."""

    effect = Effect.NARROWED


class PatternRemoved(Change):
    """A `pattern` is no longer stated."""

    effect = Effect.WIDENED


class PatternNarrowed(Change):
    """The pattern takes only texts that the old one took, and not all of them."""

    effect = Effect.NARROWED


class PatternWidened(Change):
    """The pattern takes all texts that the old one took, and more."""

    effect = Effect.WIDENED


class PatternChanged(Change):
    """Each of the two patterns takes texts that the other does not."""

    effect = Effect.CHANGED


class PatternUndecided(Change):
    """`pattern` differs; which texts that moves is undecided."""

    effect = Effect.UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfDefault(Change):
    of: str
    """`parameter`, where it is that of a parameter which can be left out, or `schema`."""
    effect = Effect.NEUTRAL


class DefaultAdded(_OfDefault):
    """A default is stated that was not."""


class DefaultRemoved(_OfDefault):
    """A default is no longer stated."""


class DefaultChanged(_OfDefault):
    """The default is another one."""


class ItemsAdded(Change):
    """Any items were accepted; now a schema is stated for them."""

    effect = Effect.NARROWED


class ItemsRemoved(Change):
    """The schema of the items is no longer stated."""

    effect = Effect.WIDENED


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfAdditional(Change):
    implicit: bool = False
    """One side says nothing of `additionalProperties`: the fact rests on how silence is read (docs/stance.md)."""


class AdditionalPropertiesNarrowed(_OfAdditional):
    """Properties that are not listed were accepted and are no longer, or only those that fit a schema."""

    effect = Effect.NARROWED


class ObjectBecameListed(Change):
    """An object that said nothing of names lists some: of the others a request must no longer have any."""

    effect = Effect.NARROWED


class VariantBecameClosed(Change):
    """A branch of a union says of names that it does not list what they must be, where it said nothing."""

    effect = Effect.NARROWED


class AdditionalPropertiesWidened(_OfAdditional):
    """Properties that are not listed are now accepted, or more of them."""

    effect = Effect.WIDENED


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfBranch(Change):
    keyword: str
    """`oneOf`, `anyOf` or `allOf`."""
    name: str
    """The branch as a reader names it: its component, title, discriminator value or type."""


class UnionBranchAdded(_OfBranch):
    """One more alternative in `oneOf` or `anyOf`."""

    effect = Effect.WIDENED


class UnionBranchRemoved(_OfBranch):
    """One alternative less in `oneOf` or `anyOf`."""

    effect = Effect.NARROWED


class UnionAdded(_OfBranch):
    """`oneOf` or `anyOf` is stated where there was none."""

    effect = Effect.UNDECIDED


class UnionRemoved(_OfBranch):
    """`oneOf` or `anyOf` is no longer stated."""

    effect = Effect.UNDECIDED


class OneOfBecameAnyOf(_OfBranch):
    """`anyOf` stands where `oneOf` did: what fits several branches is accepted now."""

    effect = Effect.WIDENED


class AnyOfBecameOneOf(_OfBranch):
    """`oneOf` stands where `anyOf` did: what fits several branches is no longer accepted."""

    effect = Effect.NARROWED


class UnionBecameAmbiguous(_OfBranch):
    """A schema became several variants of a `oneOf` that take its values alike: those fit more than one."""

    effect = Effect.CHANGED


class AllOfBranchAdded(_OfBranch):
    """One more schema that must hold as well."""

    effect = Effect.NARROWED


class AllOfBranchRemoved(_OfBranch):
    """One schema less that must hold."""

    effect = Effect.WIDENED


class SchemaAdded(Change):
    """A schema is stated where any value was accepted (a body, response or parameter without one)."""

    effect = Effect.NARROWED


class SchemaRemoved(Change):
    """A schema is no longer stated: any value is accepted."""

    effect = Effect.WIDENED
