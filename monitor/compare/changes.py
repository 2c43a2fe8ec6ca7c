"""Changes: facts about what differs between two contracts.

A Change says what, where and between which values. It never says "breaking": rules do (monitor/rules).

Every Change is relative to the definition it stands in; `sites` says through which operations a client meets it and in
which direction. The classes are grouped by the part of OpenAPI that they are about. `effect` is what a change does to
the set of values (or calls) that the contract accepts; the variance table of docs/stance.md turns it into levels.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from monitor.contract.types import OperationKind, Site
from monitor.values import JsonValue


class Effect(StrEnum):
    """What a change does to the set of values that the contract accepts."""

    NARROWED = "narrowed"
    WIDENED = "widened"
    CHANGED = "changed"
    """Some values left the set and others came."""
    NEUTRAL = "neutral"
    """The set is the same."""
    UNDECIDED = "undecided"
    """The document does not tell, or this program cannot."""


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """JSON pointers (RFC 6901) of the place in the two documents; None on the side where there is none."""

    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A fact: what differs, where, between which values.

    `before` and `after` are the values at the place; None where there is none. `where` is the readable path inside its
    definition (`incident > status`), `definition` the component's name where it stands in one. `places` has every
    place of the same edit, `location` first among them. `sites` is complete: every operation that reaches it.
    """

    location: Location
    before: JsonValue = None
    after: JsonValue = None
    where: str = ""
    definition: str | None = None
    places: tuple[Location, ...] = ()
    sites: tuple[Site, ...] = ()

    effect: ClassVar[Effect] = Effect.UNDECIDED


# --- operations ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfOperation(Change):
    method: str
    path: str
    kind: OperationKind = "operation"
    deprecated: bool = False


class OperationAdded(_OfOperation):
    """An operation, webhook or callback (`kind`) is new. `deprecated`: it is born deprecated."""

    effect = Effect.WIDENED


class OperationRemoved(_OfOperation):
    """An operation, webhook or callback is gone. `deprecated`: it was flagged in the document before."""

    effect = Effect.NARROWED


@dataclass(frozen=True, slots=True, kw_only=True)
class UnstableOperationRemoved(_OfOperation):
    """An operation is gone that said of itself that it may go: `stability` is `draft` or `alpha`."""

    stability: str
    effect = Effect.NARROWED


class MethodChanged(_OfOperation):
    """A webhook or callback is sent by another method: `before` and `after`."""

    effect = Effect.CHANGED


class CallbackExpressionChanged(_OfOperation):
    """The provider finds the URL to call in another place: `before` and `after` are runtime expressions."""

    effect = Effect.CHANGED


class OperationDeprecated(_OfOperation):
    """`deprecated: true` is new on a living operation."""

    effect = Effect.NEUTRAL


class OperationUndeprecated(_OfOperation):
    """`deprecated: true` was taken back."""

    effect = Effect.NEUTRAL


class OperationIdChanged(_OfOperation):
    """Only generated code sees it."""

    effect = Effect.NEUTRAL


@dataclass(frozen=True, slots=True, kw_only=True)
class PathAdded(Change):
    """A path item without any operation is new."""

    path: str
    effect = Effect.NEUTRAL


@dataclass(frozen=True, slots=True, kw_only=True)
class PathRemoved(Change):
    """A path item without any operation is gone."""

    path: str
    effect = Effect.NEUTRAL


# --- parameters and headers ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfParameter(Change):
    name: str
    place: str
    """`path`, `query`, `header`, `cookie`, `querystring`, or `formData` (Swagger 2.0)."""
    required: bool = False


class ParameterAdded(_OfParameter):
    """`required` says whether the new parameter must be sent."""

    @property
    def effect(self) -> Effect:  # type: ignore[override]
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


# --- bodies, media types, statuses -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestBodyAdded(Change):
    """An operation that took no body takes one."""

    required: bool

    @property
    def effect(self) -> Effect:  # type: ignore[override]
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


# --- security and servers --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfSecurity(Change):
    schemes: tuple[str, ...]
    """The names of the schemes of one alternative, sorted; empty for anonymous access."""


class SecurityAlternativeAdded(_OfSecurity):
    """One more way to authenticate. A document that asked for nothing has the alternative `()`."""

    effect = Effect.WIDENED


class SecurityAlternativeRemoved(_OfSecurity):
    """One way to authenticate less."""

    effect = Effect.NARROWED


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfTogether(_OfSecurity):
    more: tuple[str, ...]
    """The names of the schemes that are asked for together with `schemes` on one side alone."""


class SecurityAlternativeTightened(_OfTogether):
    """One way to authenticate asks for more schemes than before."""

    effect = Effect.NARROWED


class SecurityAlternativeLoosened(_OfTogether):
    """One way to authenticate asks for fewer schemes than before, or another that does suffices."""

    effect = Effect.WIDENED


class SecurityBecameRequired(_OfSecurity):
    """Anonymous access was accepted and no longer is; `schemes` are those now asked for."""

    effect = Effect.NARROWED


class SecurityBecameOptional(_OfSecurity):
    """Anonymous access is accepted now."""

    effect = Effect.WIDENED


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfScope(Change):
    scheme: str
    scope: str


class SecurityScopeAdded(_OfScope):
    """A scope that was not asked for must now be held."""

    effect = Effect.NARROWED


class SecurityScopeRemoved(_OfScope):
    """A scope need no longer be held."""

    effect = Effect.WIDENED


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfScheme(Change):
    scheme: str


class SecuritySchemeAdded(_OfScheme):
    """A security scheme is declared; whether it is asked for is another change."""

    effect = Effect.NEUTRAL


class SecuritySchemeRemoved(_OfScheme):
    """A security scheme is no longer declared."""

    effect = Effect.NEUTRAL


@dataclass(frozen=True, slots=True, kw_only=True)
class SecuritySchemeChanged(_OfScheme):
    """A field of a security scheme (`type`, `in`, `bearerFormat`) or of one of its flows (`password > tokenUrl`).

    One of another `type` has other fields, of which nothing is told.
    """

    keyword: str
    effect = Effect.CHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfFlow(_OfScheme):
    flow: str
    """`clientCredentials`, `deviceAuthorization`, …, as OAS 3 calls it."""


class OAuthFlowAdded(_OfFlow):
    """One more way to get tokens."""

    effect = Effect.WIDENED


class OAuthFlowRemoved(_OfFlow):
    """One way to get tokens less."""

    effect = Effect.NARROWED


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfServer(Change):
    url: str


class ServerAdded(_OfServer):
    """One more base URL."""

    effect = Effect.WIDENED


class ServerRemoved(_OfServer):
    """A base URL is gone."""

    effect = Effect.NARROWED


class ServersStated(_OfServer):
    """Base URLs are said where none were: calls went to where the document was found. `url`: the first of them."""

    effect = Effect.UNDECIDED


class ServersUnstated(_OfServer):
    """No base URL is said any more: calls go to where the document is found. `url`: the first of those there were."""

    effect = Effect.UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfServerVariable(Change):
    url: str
    variable: str


class ServerVariableDefaultChanged(_OfServerVariable):
    """Another value stands in a base URL where the caller chooses none."""

    effect = Effect.UNDECIDED


class ServerVariableEnumAdded(_OfServerVariable):
    """The values of a variable are listed where any was allowed."""

    effect = Effect.NARROWED


class ServerVariableEnumRemoved(_OfServerVariable):
    """The values of a variable are no longer listed."""

    effect = Effect.WIDENED


class ServerVariableValueAdded(_OfServerVariable):
    """One more value can stand for a variable."""

    effect = Effect.WIDENED


class ServerVariableValueRemoved(_OfServerVariable):
    """A value can no longer stand for a variable."""

    effect = Effect.NARROWED


# --- schemas ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfProperty(Change):
    name: str
    required: bool = False
    read_only: bool = False
    write_only: bool = False


class PropertyAdded(_OfProperty):
    """`required` says whether the new property must be present."""

    @property
    def effect(self) -> Effect:  # type: ignore[override]
        return Effect.NARROWED if self.required else Effect.WIDENED


class PropertyRemoved(_OfProperty):
    """`required` says whether the property had to be present."""

    @property
    def effect(self) -> Effect:  # type: ignore[override]
        return Effect.CHANGED if self.required else Effect.NARROWED


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
    def effect(self) -> Effect:  # type: ignore[override]
        return Effect.WIDENED if self.is_upper else Effect.NARROWED


class BoundDecreased(_OfBound):
    """A bound went down."""

    @property
    def effect(self) -> Effect:  # type: ignore[override]
        return Effect.NARROWED if self.is_upper else Effect.WIDENED


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


# --- schemas inside schemas ------------------------------------------------------------------------------------------


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
    def effect(self) -> Effect:  # type: ignore[override]
        return Effect.NARROWED if self.open else Effect.WIDENED


class PatternPropertyRemoved(_OfPattern):
    """The schema of the properties whose names match a pattern is no longer stated."""

    @property
    def effect(self) -> Effect:  # type: ignore[override]
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


# --- how schemas are written in XML ---------------------------------------------------------------------------------


class XmlNameChanged(Change):
    """An element or attribute has another name in XML. `before` and `after` are the names; None where it is unknown."""

    effect = Effect.CHANGED


class XmlNamespaceChanged(Change):
    """An element or attribute is of another XML namespace; None: of none of its own."""

    effect = Effect.CHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlNodeChanged(Change):
    """A value is another kind of node in XML (`attribute`, `wrapped`, `nodeType`); `was` and `now` in words."""

    was: str
    now: str
    effect = Effect.CHANGED


class XmlSpellingChanged(_OfKeyword):
    """The same XML is spelled otherwise: another prefix for a namespace, or CDATA for text."""

    effect = Effect.NEUTRAL


# --- lifecycle, names, leftovers -------------------------------------------------------------------------------------


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
