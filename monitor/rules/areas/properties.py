"""Properties of objects: added, removed, required, read-only, write-only, and those that are not listed."""

from __future__ import annotations

from monitor.compare.changes import (
    AdditionalPropertiesNarrowed,
    AdditionalPropertiesWidened,
    ClosedPatternPropertyAdded,
    ClosedPropertyAdded,
    ClosedPropertyRemoved,
    Effect,
    ObjectBecameListed,
    OpenPropertyRemoved,
    PatternPropertyAdded,
    PatternPropertyRemoved,
    PropertyAdded,
    PropertyBecameOptional,
    PropertyBecameRequired,
    PropertyRemoved,
    PropertySchemaAdded,
    ReadOnlyChanged,
    VariantBecameClosed,
    WriteOnlyChanged,
)
from monitor.rules.areas.wording import (
    ALWAYS_SEND,
    CHECK_KIND,
    CLOSING,
    OPEN_RESPONSES,
    SEARCH_AND_REPLACE,
    SEND_EARLY,
    VALIDATE,
)
from monitor.rules.example import Example
from monitor.rules.levels import Level
from monitor.rules.registry import rule
from monitor.values import JsonValue


def _object(email: str | None, *, required: bool = False) -> str:
    properties = "name: {type: string}" + (f", email: {email}" if email else "")
    return f"{{type: object, properties: {{{properties}}}{', required: [email]' if required else ''}}}"


_NONE = _object(None)
_OPTIONAL = _object("{type: string}")
_REQUIRED = _object("{type: string}", required=True)
_READ_ONLY = "{type: string, readOnly: true}"
_WRITE_ONLY = "{type: string, writeOnly: true}"
_IGNORE_UNKNOWN = (
    "Let the code that reads ignore properties that it does not know: "
    "with Jackson, turn `FAIL_ON_UNKNOWN_PROPERTIES` off."
)
_ANY_MORE = "{type: object, properties: {name: {type: string}}, additionalProperties: true}"
_TEXTS_MORE = "{type: object, properties: {name: {type: string}}, additionalProperties: {type: string}}"
_NO_MORE = "{type: object, properties: {name: {type: string}}, additionalProperties: false}"


def _variant(schema: str) -> str:
    return f"anyOf:\n  - {schema}\n  - {{type: object, properties: {{size: {{type: integer}}}}}}"


def _closed(email: str, *, required: bool = False) -> str:
    return f"{_object(email, required=required)[:-1]}, additionalProperties: false}}"


def _open(email: str, *, required: bool = False) -> str:
    return f"{_object(email, required=required)[:-1]}, additionalProperties: true}}"


def _is_schema(value: JsonValue) -> bool:
    """Whether `additionalProperties` says something of the values; an empty schema is `true`."""
    return isinstance(value, dict) and bool(value)


@rule(
    on=PropertyAdded,
    when=lambda change: change.required,
    effect=Effect.NARROWED,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="A caller written before the change does not send the property, and is now refused.",
    advice=SEND_EARLY,
    example=Example.of(before=_NONE, after=_REQUIRED),
)
def required_property_added(change: PropertyAdded) -> None:
    """The property `{name}` is new and must be present."""


@rule(
    on=PropertyAdded,
    when=lambda change: not change.required,
    effect=Effect.WIDENED,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    waiver=OPEN_RESPONSES,
    why="A caller need not send it, and a client reads the properties that it knows.",
    advice="Nothing to do.",
    example=Example.of(before=_NONE, after=_OPTIONAL),
)
def optional_property_added(change: PropertyAdded) -> None:
    """The property `{name}` is new and may be absent."""


_TEXTS_BY_PATTERN = "patternProperties: {'^x-': {type: string}}"
_LETTERS_BY_PATTERN = "patternProperties: {'^x-': {type: string, pattern: '^[a-z]+$'}}"


@rule(
    on=PropertySchemaAdded,
    when=lambda change: change.certain,
    effect=Effect.NARROWED,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="Values were accepted under this name already, as a pattern, `additionalProperties` or another schema of the "
    "same object says. The property that is listed now refuses some of them.",
    advice=VALIDATE,
    example=Example.of(
        before=f"{{type: object, {_TEXTS_BY_PATTERN}}}",
        after=f"{{type: object, properties: {{x-size: {{enum: [small, large]}}}}, {_TEXTS_BY_PATTERN}}}",
    ),
)
def property_schema_added(change: PropertySchemaAdded) -> None:
    """The property `{name}`, which was accepted without being listed, must now fit a schema of its own."""


@rule(
    on=PropertySchemaAdded,
    when=lambda change: not change.certain,
    effect=Effect.UNDECIDED,
    request=Level.RISKY,
    response=Level.COMPATIBLE,
    waiver="In a response nothing can come that could not come before.",
    why="Values were accepted under this name already, as a pattern, `additionalProperties` or another schema of the "
    "same object says. Whether the property that is listed now refuses some of them could not be decided.",
    advice=VALIDATE,
    example=Example.of(
        before=f"{{type: object, {_LETTERS_BY_PATTERN}}}",
        after="type: object\nproperties: {x-size: {type: string, pattern: '^(?!a)'}}\n" + _LETTERS_BY_PATTERN,
    ),
)
def unknown_property_schema_added(change: PropertySchemaAdded) -> None:
    """The property `{name}`, which was accepted without being listed, must now fit a schema whose effect is unknown."""


@rule(
    on=PropertyRemoved,
    when=lambda change: change.required,
    effect=Effect.CHANGED,
    request=Level.RISKY,
    response=Level.BREAKING,
    waiver=f"Of a request: {CLOSING}",
    why="A client that reads the property finds nothing where something was always promised. A "
    "caller that still sends it "
    "is refused or ignored.",
    advice=SEARCH_AND_REPLACE,
    example=Example.of(before=_REQUIRED, after=_NONE),
)
def required_property_removed(change: PropertyRemoved) -> None:
    """The property `{name}` that was always present is gone."""


@rule(
    on=PropertyRemoved,
    when=lambda change: not change.required,
    effect=Effect.NARROWED,
    request=Level.RISKY,
    response=Level.RISKY,
    waiver=CLOSING,
    why="A client had to allow for its absence, but perhaps not for it never coming again. A caller "
    "that still sends it is "
    "refused or ignored.",
    advice=SEARCH_AND_REPLACE,
    example=Example.of(before=_OPTIONAL, after=_NONE),
)
def optional_property_removed(change: PropertyRemoved) -> None:
    """The property `{name}` is gone."""


_NEVER_AGAIN = "A client had to allow for its absence, but perhaps not for it never coming again."


@rule(
    on=ClosedPropertyRemoved,
    when=lambda change: not change.required,
    effect=Effect.NARROWED,
    request=Level.BREAKING,
    response=Level.RISKY,
    waiver=f"In a response: {_NEVER_AGAIN[0].lower()}{_NEVER_AGAIN[1:]}",
    why=f"The document says that properties which are not listed are refused, or values such as this one had: a caller "
    f"that still sends it is refused. {_NEVER_AGAIN}",
    advice=SEARCH_AND_REPLACE,
    example=Example.of(before=_closed("{type: string}"), after=_NO_MORE),
)
def optional_property_of_closed_object_removed(change: ClosedPropertyRemoved) -> None:
    """The property `{name}` is gone from an object that rules out what is not listed."""


@rule(
    on=ClosedPropertyRemoved,
    when=lambda change: change.required,
    effect=Effect.CHANGED,
    request=Level.BREAKING,
    response=Level.BREAKING,
    why="Every caller sent the property, and the document says that properties which are not listed are refused. A "
    "client that reads it finds nothing where something was always promised.",
    advice=SEARCH_AND_REPLACE,
    example=Example.of(before=_closed("{type: string}", required=True), after=_NO_MORE),
)
def required_property_of_closed_object_removed(change: ClosedPropertyRemoved) -> None:
    """The property `{name}` that was always present is gone from an object that rules out what is not listed."""


@rule(
    on=OpenPropertyRemoved,
    when=lambda change: not change.required,
    effect=Effect.WIDENED,
    request=Level.COMPATIBLE,
    response=Level.RISKY,
    waiver=f"In a response: {_NEVER_AGAIN[0].lower()}{_NEVER_AGAIN[1:]}",
    why=f"The document says that properties which are not listed are accepted: a caller may go on sending it. "
    f"{_NEVER_AGAIN}",
    advice=SEARCH_AND_REPLACE,
    example=Example.of(before=_open("{type: string}"), after=_ANY_MORE),
)
def optional_property_of_open_object_removed(change: OpenPropertyRemoved) -> None:
    """The property `{name}` is gone from an object that accepts others than are listed."""


@rule(
    on=OpenPropertyRemoved,
    when=lambda change: change.required,
    effect=Effect.WIDENED,
    request=Level.COMPATIBLE,
    response=Level.BREAKING,
    why="A client that reads the property finds nothing where something was always promised. A caller may go on "
    "sending it: the document says that properties which are not listed are accepted.",
    advice=SEARCH_AND_REPLACE,
    example=Example.of(before=_open("{type: string}", required=True), after=_ANY_MORE),
)
def required_property_of_open_object_removed(change: OpenPropertyRemoved) -> None:
    """The property `{name}` that was always present is gone from an object that accepts others than are listed."""


@rule(
    on=PropertyBecameRequired,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="A caller written before the change omits the property, and is now refused.",
    advice=ALWAYS_SEND,
    example=Example.of(before=_OPTIONAL, after=_REQUIRED),
)
def property_became_required(change: PropertyBecameRequired) -> None:
    """The property `{name}` that could be omitted must now be present."""


@rule(
    on=PropertyBecameOptional,
    request=Level.COMPATIBLE,
    response=Level.BREAKING,
    why="A client that counts on the property fails on the first answer without it.",
    advice="Read the property with something to fall back on; in a typed client its field must allow for nothing.",
    example=Example.of(before=_REQUIRED, after=_OPTIONAL),
)
def property_became_optional(change: PropertyBecameOptional) -> None:
    """The property `{name}` that was always present may now be omitted."""


@rule(
    on=ReadOnlyChanged,
    when=lambda change: change.now,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    why="What a caller sends for a read-only property is ignored (OAS 3.0.4, section 4.8.24.2); what "
    "it receives is the same.",
    advice="Stop sending the property: it has no effect.",
    example=Example.of(before=_OPTIONAL, after=_object(_READ_ONLY)),
)
def property_became_read_only(change: ReadOnlyChanged) -> None:
    """The property `{name}` is read-only now."""


@rule(
    on=ReadOnlyChanged,
    when=lambda change: not change.now and change.required,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    waiver="Required and no longer read-only is required of the caller, who never sent it.",
    why="The property is required, and as long as it was read-only that asked nothing of the caller. "
    "Now it must be sent.",
    advice="Find out which value to send, and send it from the day of the change.",
    example=Example.of(before=_object(_READ_ONLY, required=True), after=_REQUIRED),
)
def required_property_became_writable(change: ReadOnlyChanged) -> None:
    """The required property `{name}` is no longer read-only: it must be sent."""


@rule(
    on=ReadOnlyChanged,
    when=lambda change: not change.now and not change.required,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    why="A caller may send the property now, and need not.",
    advice="Nothing to do.",
    example=Example.of(before=_object(_READ_ONLY), after=_OPTIONAL),
)
def optional_property_became_writable(change: ReadOnlyChanged) -> None:
    """The property `{name}` is no longer read-only: it can be sent."""


@rule(
    on=WriteOnlyChanged,
    when=lambda change: change.now,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    why="What a caller sends is the same. That a secret no longer comes back is told, and is what the word is for.",
    advice="Do not read the property from answers.",
    example=Example.of(before=_OPTIONAL, after=_object(_WRITE_ONLY)),
)
def property_became_write_only(change: WriteOnlyChanged) -> None:
    """The property `{name}` is write-only now."""


@rule(
    on=WriteOnlyChanged,
    when=lambda change: not change.now and change.required,
    request=Level.COMPATIBLE,
    response=Level.RISKY,
    waiver="A property that a client never saw is now in every answer, and in logs; the field warns.",
    why="The property was never received and now always is: code that checks answers strictly, or logs them, meets it.",
    advice="Check what your code does with answers that hold the property, in logs above all.",
    example=Example.of(before=_object(_WRITE_ONLY, required=True), after=_REQUIRED),
)
def required_property_became_readable(change: WriteOnlyChanged) -> None:
    """The required property `{name}` is no longer write-only: it is received."""


@rule(
    on=WriteOnlyChanged,
    when=lambda change: not change.now and not change.required,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    why="A client reads the properties that it knows.",
    advice="Nothing to do.",
    example=Example.of(before=_object(_WRITE_ONLY), after=_OPTIONAL),
)
def optional_property_became_readable(change: WriteOnlyChanged) -> None:
    """The property `{name}` is no longer write-only: it can be received."""


@rule(
    on=AdditionalPropertiesNarrowed,
    when=lambda change: not change.implicit,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="A caller that sends properties that are not listed was served, and is now refused.",
    advice="Find out which properties you send beside the listed ones, and leave out those that the new schema "
    "refuses.",
    example=Example.of(before=_ANY_MORE, after=_TEXTS_MORE),
)
def additional_properties_became_narrower(change: AdditionalPropertiesNarrowed) -> None:
    """Fewer properties beside the listed ones are accepted."""


@rule(
    on=AdditionalPropertiesWidened,
    when=lambda change: not change.implicit,
    request=Level.COMPATIBLE,
    response=Level.BREAKING,
    why="The document said that nothing else comes, or only values of one kind; now more may come.",
    advice=_IGNORE_UNKNOWN,
    example=Example.of(before=_TEXTS_MORE, after=_ANY_MORE),
)
def additional_properties_became_wider(change: AdditionalPropertiesWidened) -> None:
    """More properties beside the listed ones are accepted."""


@rule(
    on=AdditionalPropertiesNarrowed,
    when=lambda change: change.implicit and change.after is False,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    waiver="Directional closing: where the document was silent, a request was closed already.",
    why="That only listed properties are taken was to be read so before, and is said now. Nothing more comes.",
    advice="Send listed properties only.",
    example=Example.of(before=_NONE, after=_NO_MORE),
)
def additional_properties_ban_added(change: AdditionalPropertiesNarrowed) -> None:
    """Properties beside the listed ones are ruled out now, where nothing was said."""


@rule(
    on=AdditionalPropertiesWidened,
    when=lambda change: change.implicit and change.before is False,
    request=Level.COMPATIBLE,
    response=Level.RISKY,
    waiver=CLOSING,
    why="The document said that nothing else comes, and is silent now. Something may.",
    advice=_IGNORE_UNKNOWN,
    example=Example.of(before=_NO_MORE, after=_NONE),
)
def additional_properties_ban_removed(change: AdditionalPropertiesWidened) -> None:
    """Properties beside the listed ones are no longer ruled out; nothing is said of them."""


@rule(
    on=AdditionalPropertiesWidened,
    when=lambda change: change.implicit and change.before is not False,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    waiver=OPEN_RESPONSES,
    why="More can be sent than before, and what is received was to be read as open already.",
    advice="Nothing to do.",
    example=Example.of(before=_NONE, after=_ANY_MORE),
)
def additional_properties_added(change: AdditionalPropertiesWidened) -> None:
    """Properties beside the listed ones are accepted now, where nothing was said."""


@rule(
    on=AdditionalPropertiesNarrowed,
    when=lambda change: change.implicit and change.after is not False and not _is_schema(change.before),
    request=Level.RISKY,
    response=Level.COMPATIBLE,
    waiver=CLOSING,
    why="A caller that sends properties that are not listed was served, and may now be refused.",
    advice="Ask the provider whether properties beside the listed ones are still taken; until you know, send none.",
    example=Example.of(before=_ANY_MORE, after=_NONE),
)
def additional_properties_removed(change: AdditionalPropertiesNarrowed) -> None:
    """Nothing is said any more of properties beside the listed ones, which were accepted."""


@rule(
    on=AdditionalPropertiesNarrowed,
    when=lambda change: change.implicit and change.after is not False and _is_schema(change.before),
    effect=Effect.UNDECIDED,
    request=Level.RISKY,
    response=Level.RISKY,
    why="The document said of which kind the values beside the listed properties are, and is silent now: they may be "
    "refused when sent, and of any kind when received.",
    advice=f"Send listed properties only. {CHECK_KIND}",
    example=Example.of(before=_TEXTS_MORE, after=_NONE),
)
def additional_properties_schema_removed(change: AdditionalPropertiesNarrowed) -> None:
    """Nothing is said any more of properties beside the listed ones, whose values had a schema."""


@rule(
    on=ObjectBecameListed,
    request=Level.RISKY,
    response=Level.COMPATIBLE,
    waiver=CLOSING,
    why="As long as the document named no property, a caller could send any. Now that it names some, others may be "
    "refused.",
    advice="Send listed properties only, or ask the provider whether others are still taken.",
    example=Example.of(before="{type: object}", after="{type: object, patternProperties: {'^x-': {}}}"),
)
def object_became_listed(_change: ObjectBecameListed) -> None:
    """Properties are listed now, where none were and any name was accepted."""


_VALIDATED = "The document ruled the property out, and few clients hold answers to that."
_RULED_OUT = (
    "The document said of all other names what they must be, or that there are none: a client that checks answers "
    "against it refuses what is new."
)


@rule(
    on=ClosedPropertyAdded,
    when=lambda change: not change.required,
    effect=Effect.WIDENED,
    request=Level.COMPATIBLE,
    response=Level.RISKY,
    waiver=_VALIDATED,
    why=_RULED_OUT,
    advice=_IGNORE_UNKNOWN,
    example=Example.of(before=_NO_MORE, after=_closed("{type: string}")),
)
def optional_property_of_closed_object_added(change: ClosedPropertyAdded) -> None:
    """The property `{name}` is new in an object that ruled it out, and may be absent."""


@rule(
    on=ClosedPropertyAdded,
    when=lambda change: change.required,
    effect=Effect.CHANGED,
    request=Level.BREAKING,
    response=Level.RISKY,
    waiver=f"In a response: {_VALIDATED[0].lower()}{_VALIDATED[1:]}",
    why=f"A caller written before the change does not send the property, and is now refused. {_RULED_OUT}",
    advice=f"{SEND_EARLY} {_IGNORE_UNKNOWN}",
    example=Example.of(before=_NO_MORE, after=_closed("{type: string}", required=True)),
)
def required_property_of_closed_object_added(change: ClosedPropertyAdded) -> None:
    """The property `{name}` is new in an object that ruled it out, and must be present."""


@rule(
    on=ClosedPatternPropertyAdded,
    effect=Effect.WIDENED,
    request=Level.COMPATIBLE,
    response=Level.RISKY,
    waiver=_VALIDATED,
    why=_RULED_OUT,
    advice=_IGNORE_UNKNOWN,
    example=Example.of(
        before=_NO_MORE,
        after="{type: object, properties: {name: {type: string}}, patternProperties: {'^x-': {type: string}}, "
        "additionalProperties: false}",
    ),
)
def pattern_properties_of_closed_object_added(change: ClosedPatternPropertyAdded) -> None:
    """Properties whose names match `{pattern}` are accepted now in an object that ruled them out."""


@rule(
    on=VariantBecameClosed,
    request=Level.RISKY,
    response=Level.COMPATIBLE,
    waiver="Directional closing is of the whole: beside other variants it rests on what those list.",
    why="A variant that says nothing of other names lets in what its neighbours list. Now it rules that out, or asks "
    "something of it.",
    advice="Send the properties of one variant only.",
    example=Example.of(before=_variant(_NONE), after=_variant(_NO_MORE)),
)
def variant_became_closed(_change: VariantBecameClosed) -> None:
    """A variant rules out, or restricts, properties that it does not list, where it said nothing of them."""


_LISTED = "{type: object, properties: {name: {type: string}}}"
_LISTED_AND_PATTERN = "{type: object, properties: {name: {type: string}}, patternProperties: {'^x-': {type: string}}}"
_ANY_NAMES = "{type: object}"
_ANY_NAMES_AND_PATTERN = "{type: object, patternProperties: {'^x-': {type: string}}}"


@rule(
    on=PatternPropertyAdded,
    when=lambda change: not change.open,
    effect=Effect.WIDENED,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    waiver=OPEN_RESPONSES,
    why="A caller need not send such properties, and a client reads the properties that it knows.",
    advice="Nothing to do.",
    example=Example.of(before=_LISTED, after=_LISTED_AND_PATTERN),
)
def pattern_properties_added(change: PatternPropertyAdded) -> None:
    """Properties whose names match `{pattern}` are accepted now beside the listed ones."""


@rule(
    on=PatternPropertyRemoved,
    when=lambda change: not change.open,
    effect=Effect.NARROWED,
    request=Level.RISKY,
    response=Level.RISKY,
    waiver=CLOSING,
    why="Nothing is said any more of such properties: they may be refused when sent, and absent or of any kind when "
    "received.",
    advice="Search your code for names that match. Find what replaces them, or do without, before the change reaches "
    "you.",
    example=Example.of(before=_LISTED_AND_PATTERN, after=_LISTED),
)
def pattern_properties_removed(change: PatternPropertyRemoved) -> None:
    """Properties whose names match `{pattern}` are no longer accepted beside the listed ones."""


@rule(
    on=PatternPropertyAdded,
    when=lambda change: change.open,
    effect=Effect.NARROWED,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="Properties of such names were accepted with any value; now only with those that fit the schema.",
    advice=VALIDATE,
    example=Example.of(before=_ANY_NAMES, after=_ANY_NAMES_AND_PATTERN),
)
def pattern_schema_added(change: PatternPropertyAdded) -> None:
    """Properties whose names match `{pattern}` must now fit a schema."""


@rule(
    on=PatternPropertyRemoved,
    when=lambda change: change.open,
    effect=Effect.WIDENED,
    request=Level.COMPATIBLE,
    response=Level.BREAKING,
    why="A client may receive values of any kind under such names.",
    advice=CHECK_KIND,
    example=Example.of(before=_ANY_NAMES_AND_PATTERN, after=_ANY_NAMES),
)
def pattern_schema_removed(change: PatternPropertyRemoved) -> None:
    """Properties whose names match `{pattern}` may now have any value."""
