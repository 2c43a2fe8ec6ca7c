"""Lifecycle: deprecated, taken back, and the stability words that documents use (`x-stability-level`)."""

from __future__ import annotations

from typing import Final

from monitor.compare.changes import (
    Effect,
    ElementDeprecated,
    ElementUndeprecated,
    ExtensionChanged,
    OperationDeprecated,
    OperationUndeprecated,
)
from monitor.rules.areas.fragments import CALLBACK, WEBHOOK
from monitor.rules.example import Example
from monitor.rules.levels import Level
from monitor.rules.registry import rule
from monitor.values import parse

_LIVING = "responses: {'200': {description: A thing.}}"
_DEPRECATED = "deprecated: true\nresponses: {'200': {description: A thing.}}"
_DEPRECATED_WEBHOOK = """
    paths: {}
    webhooks:
      thing.created:
        post:
          deprecated: true
          responses: {"200": {description: Received.}}
"""
_DEPRECATED_CALLBACK = """
    responses: {"202": {description: Accepted.}}
    callbacks:
      done:
        "{$request.body#/url}":
          post:
            deprecated: true
            responses: {"200": {description: Received.}}
"""
_WHY = "Deprecation is not a break: everything works as before, for now. The clock of the removal runs."
_ADVICE = "Plan the move before the deadline that the deprecation ledger shows."
_WHY_BACK = "The provider took the deprecation back."
_ADVICE_BACK = "Nothing to do; a move that has begun may no longer be needed."

STABILITIES: Final = ("draft", "alpha", "beta", "stable")
"""The levels of `x-stability-level`, from the least stable; a document that says nothing means `stable`."""


def _stability(value: object) -> int | None:
    """The place of a level among the known ones; None for a word that is none of them."""
    word = "stable" if value is None else value
    return STABILITIES.index(word) if isinstance(word, str) and word in STABILITIES else None


def is_stability(change: ExtensionChanged) -> bool:
    """Whether the change is about the known word `x-stability-level` of an operation: `/paths/{path}/{method}/…`.

    Elsewhere the word is an extension like any other: nobody agrees on what it would bind.
    """
    pointer = change.location.before if change.location.before is not None else change.location.after
    tokens = parse(pointer or "")
    return change.keyword == "x-stability-level" and len(tokens) == 4 and tokens[0] == "paths"


def _fell(change: ExtensionChanged) -> bool:
    before, after = _stability(change.before), _stability(change.after)
    return is_stability(change) and (before is None or after is None or after < before)


@rule(
    on=OperationDeprecated,
    when=lambda change: change.kind == "operation",
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    why=_WHY,
    advice=_ADVICE,
    example=Example.operation(before=_LIVING, after=_DEPRECATED),
)
def operation_became_deprecated(change: OperationDeprecated) -> None:
    """The operation {method} {path} is deprecated now."""


@rule(
    on=OperationUndeprecated,
    when=lambda change: change.kind == "operation",
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    why=_WHY_BACK,
    advice=_ADVICE_BACK,
    example=Example.operation(before=_DEPRECATED, after=_LIVING),
)
def operation_became_undeprecated(change: OperationUndeprecated) -> None:
    """The operation {method} {path} is no longer deprecated."""


@rule(
    on=OperationDeprecated,
    when=lambda change: change.kind == "webhook",
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    why=_WHY,
    advice=_ADVICE,
    example=Example.document(before=WEBHOOK, after=_DEPRECATED_WEBHOOK),
)
def webhook_became_deprecated(change: OperationDeprecated) -> None:
    """The webhook {path} is deprecated now."""


@rule(
    on=OperationUndeprecated,
    when=lambda change: change.kind == "webhook",
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    why=_WHY_BACK,
    advice=_ADVICE_BACK,
    example=Example.document(before=_DEPRECATED_WEBHOOK, after=WEBHOOK),
)
def webhook_became_undeprecated(change: OperationUndeprecated) -> None:
    """The webhook {path} is no longer deprecated."""


@rule(
    on=OperationDeprecated,
    when=lambda change: change.kind == "callback",
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    why=_WHY,
    advice=_ADVICE,
    example=Example.operation(before=CALLBACK, after=_DEPRECATED_CALLBACK),
)
def callback_became_deprecated(change: OperationDeprecated) -> None:
    """The callback {method} {path} is deprecated now."""


@rule(
    on=OperationUndeprecated,
    when=lambda change: change.kind == "callback",
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    why=_WHY_BACK,
    advice=_ADVICE_BACK,
    example=Example.operation(before=_DEPRECATED_CALLBACK, after=CALLBACK),
)
def callback_became_undeprecated(change: OperationUndeprecated) -> None:
    """The callback {method} {path} is no longer deprecated."""


@rule(
    on=ElementDeprecated,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    why=_WHY,
    advice="Stop using it in new code, and plan to do without it.",
    example=Example.of(
        before="{type: object, properties: {nick: {type: string}}}",
        after="{type: object, properties: {nick: {type: string, deprecated: true}}}",
    ),
)
def element_became_deprecated(change: ElementDeprecated) -> None:
    """The {subject} `{name}` is deprecated now."""


@rule(
    on=ElementUndeprecated,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    why=_WHY_BACK,
    advice=_ADVICE_BACK,
    example=Example.of(
        before="{type: object, properties: {nick: {type: string, deprecated: true}}}",
        after="{type: object, properties: {nick: {type: string}}}",
    ),
)
def element_became_undeprecated(change: ElementUndeprecated) -> None:
    """The {subject} `{name}` is no longer deprecated."""


@rule(
    on=ExtensionChanged,
    when=_fell,
    effect=Effect.CHANGED,
    request=Level.BREAKING,
    response=Level.BREAKING,
    why="What was promised to be stable no longer is: from now on it may change or go without notice. "
    "A word that is none of draft, alpha, beta, stable promises nothing either.",
    advice="Ask the provider what still holds for those who use the operation already, before you build more on it.",
    example=Example.operation(
        before="x-stability-level: stable\nresponses: {'200': {description: A thing.}}",
        after="x-stability-level: alpha\nresponses: {'200': {description: A thing.}}",
    ),
)
def stability_decreased(change: ExtensionChanged) -> None:
    """The stability level is only {after} now; it was {before}."""


@rule(
    on=ExtensionChanged,
    when=lambda change: is_stability(change) and not _fell(change),
    effect=Effect.NEUTRAL,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    why="The provider promises as much as before, or more.",
    advice="Nothing to do.",
    example=Example.operation(
        before="x-stability-level: beta\nresponses: {'200': {description: A thing.}}",
        after="x-stability-level: stable\nresponses: {'200': {description: A thing.}}",
    ),
)
def stability_increased(change: ExtensionChanged) -> None:
    """The stability level is {after} now; it was {before}."""
