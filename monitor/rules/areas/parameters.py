"""Parameters: added, removed, required, and how they are written on the wire."""

from __future__ import annotations

from monitor.compare.changes import (
    Effect,
    ParameterAdded,
    ParameterBecameOptional,
    ParameterBecameRequired,
    ParameterPlaceChanged,
    ParameterRemoved,
    ParameterSerializationChanged,
    SpellingAllowed,
    SpellingDisallowed,
)
from monitor.rules.areas.wording import ALWAYS_SEND, CLOSING, FORGIVING, IF_RECEIVED, SEND_EARLY
from monitor.rules.example import Example
from monitor.rules.levels import Level
from monitor.rules.registry import rule


def _with(*parameters: str) -> str:
    listed = "".join(f"\n  - {{{parameter}, schema: {{type: string}}}}" for parameter in parameters)
    return f"parameters:{listed or ' []'}\nresponses: {{'200': {{description: Things.}}}}"


_NONE = _with()
_OPTIONAL = _with("name: color, in: query")
_REQUIRED = _with("name: color, in: query, required: true")


@rule(
    on=ParameterAdded,
    when=lambda change: change.required,
    effect=Effect.NARROWED,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="A caller written before the change does not send the parameter, and is now refused.",
    advice=SEND_EARLY,
    example=Example.operation(before=_NONE, after=_REQUIRED),
)
def required_parameter_added(change: ParameterAdded) -> None:
    """The {place} parameter `{name}` is new and must be sent."""


@rule(
    on=ParameterAdded,
    when=lambda change: not change.required,
    effect=Effect.WIDENED,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    waiver=FORGIVING,
    why="A caller written before the change does not send the parameter, and need not.",
    advice="Nothing to do.",
    example=Example.operation(before=_NONE, after=_OPTIONAL),
)
def optional_parameter_added(change: ParameterAdded) -> None:
    """The {place} parameter `{name}` is new and may be left out."""


@rule(
    on=ParameterRemoved,
    request=Level.RISKY,
    response=Level.RISKY,
    waiver=f"{CLOSING} The field tells it as a warning.",
    why="A server may ignore a parameter that it no longer knows, or refuse the call; ignored, the call answers "
    "something else than was asked.",
    advice="Stop sending it, and see whether the answer is still what you need: a filter that is ignored lets "
    "everything through.",
    example=Example.operation(before=_OPTIONAL, after=_NONE),
)
def parameter_removed(change: ParameterRemoved) -> None:
    """The {place} parameter `{name}` is gone."""


@rule(
    on=ParameterBecameRequired,
    request=Level.BREAKING,
    response=Level.COMPATIBLE,
    why="A caller that leaves the parameter out was served, and is now refused.",
    advice=ALWAYS_SEND,
    example=Example.operation(before=_OPTIONAL, after=_REQUIRED),
)
def parameter_became_required(change: ParameterBecameRequired) -> None:
    """The {place} parameter `{name}` that could be left out must now be sent."""


@rule(
    on=ParameterBecameOptional,
    request=Level.COMPATIBLE,
    response=Level.BREAKING,
    why="Calls that send the parameter are served as before. A receiver of a webhook can no longer count on it.",
    advice=IF_RECEIVED,
    example=Example.operation(before=_REQUIRED, after=_OPTIONAL),
)
def parameter_became_optional(change: ParameterBecameOptional) -> None:
    """The {place} parameter `{name}` that had to be sent can now be left out."""


@rule(
    on=ParameterSerializationChanged,
    request=Level.BREAKING,
    response=Level.BREAKING,
    why="The same value is written differently on the wire: what a caller sends is read as something else.",
    advice="Generate the client anew, or change the code that writes the parameter, and switch on the day of the "
    "change.",
    example=Example.operation(
        before=_with("name: color, in: query, style: form, explode: false").replace("type: string", "type: array"),
        after=_with("name: color, in: query, style: pipeDelimited, explode: false").replace(
            "type: string", "type: array"
        ),
    ),
)
def parameter_serialization_changed(change: ParameterSerializationChanged) -> None:
    """The {place} parameter `{name}` is written differently: `{keyword}` was {before} and is {after}."""


@rule(
    on=ParameterPlaceChanged,
    request=Level.BREAKING,
    response=Level.BREAKING,
    why="The parameter is looked for in its new place alone: sent in the old one it is not found.",
    advice="Send it in the new place from the day of the change. Who receives it should look in both until then.",
    example=Example.operation(before=_OPTIONAL, after=_with("name: color, in: header")),
)
def parameter_place_changed(change: ParameterPlaceChanged) -> None:
    """The parameter `{name}` is sent elsewhere: it was {before} and is {after}."""


def _spelled(keyword: str, value: str) -> str:
    return _with(f"name: color, in: query, {keyword}: {value}")


def _declare_spelling(keyword: str, subject: str, what: str, words: tuple[str, str]) -> None:
    def declared(change: SpellingAllowed | SpellingDisallowed) -> None:
        """Two rows of a table; their sentences are given in the declaration."""

    def picks(change: SpellingAllowed | SpellingDisallowed) -> bool:
        return (change.keyword == "allowEmptyValue") is (keyword == "allowEmptyValue")

    allowed, disallowed = _spelled(keyword, "true"), _spelled(keyword, "false")
    rule(
        on=SpellingAllowed,
        when=picks,
        name=f"{subject}-added",
        sentence=f"{what} is accepted now (`{{keyword}}`).",
        request=Level.COMPATIBLE,
        response=Level.BREAKING,
        why="What was sent before is still accepted. Who receives it meets a value that is written in a new way.",
        advice=words[0],
        example=Example.operation(before=disallowed, after=allowed),
    )(declared)
    rule(
        on=SpellingDisallowed,
        when=picks,
        name=f"{subject}-removed",
        sentence=f"{what} is no longer accepted (`{{keyword}}`).",
        request=Level.BREAKING,
        response=Level.COMPATIBLE,
        why="A caller that writes the value so is refused, or is understood otherwise.",
        advice=words[1],
        example=Example.operation(before=allowed, after=disallowed),
    )(declared)


_declare_spelling(
    "allowReserved",
    "reserved-characters",
    "A value with reserved characters as they are",
    ("If you receive it, decode it only after it is taken apart. Callers need do nothing.",
     "Percent-encode reserved characters (RFC 3986, section 2.2). That is understood today already."),
)  # fmt: skip
_declare_spelling(
    "allowEmptyValue",
    "empty-value",
    "The parameter without a value",
    ("If you receive it, allow for an empty value. Callers need do nothing.",
     "Send a value, or leave the parameter out."),
)  # fmt: skip
