"""Operations, webhooks and callbacks: added, removed; and paths without any."""

from __future__ import annotations

from monitor.compare.changes import (
    CallbackExpressionChanged,
    MethodChanged,
    OperationAdded,
    OperationRemoved,
    PathAdded,
    PathRemoved,
    UnstableOperationRemoved,
)
from monitor.rules.areas.fragments import CALLBACK, WEBHOOK
from monitor.rules.areas.wording import NOBODY_CALLS_IT_YET, ONE_WAY
from monitor.rules.example import Example
from monitor.rules.levels import Level
from monitor.rules.registry import rule

_ONE_OPERATION = """
    paths:
      /things:
        get:
          responses: {"200": {description: All things.}}
"""
_TWO_OPERATIONS = """
    paths:
      /things:
        get:
          responses: {"200": {description: All things.}}
        delete:
          responses: {"204": {description: No thing is left.}}
"""
_TWO_WEBHOOKS = """
    paths: {}
    webhooks:
      thing.created:
        post:
          responses: {"200": {description: Received.}}
      thing.deleted:
        post:
          responses: {"200": {description: Received.}}
"""
_NO_CALLBACK = """
    responses: {"202": {description: Accepted.}}
"""
_GONE = "The removal is in force whatever was announced; whether the provider kept its window is the promise's axis."


@rule(
    on=OperationAdded,
    when=lambda change: change.kind == "operation",
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    waiver=ONE_WAY,
    why="A new operation takes nothing from those who call the others.",
    advice="Nothing to do. Have a look when it replaces one that you use.",
    example=Example.document(before=_ONE_OPERATION, after=_TWO_OPERATIONS),
)
def operation_added(change: OperationAdded) -> None:
    """The operation {method} {path} is new."""


@rule(
    on=OperationRemoved,
    when=lambda change: change.kind == "operation",
    request=Level.BREAKING,
    response=Level.BREAKING,
    waiver=ONE_WAY,
    why=f"Whoever still calls the operation gets an error. {_GONE}",
    advice="Move to the successor before this reaches you: `specwatch deprecations` shows it, and the deadline, where "
    "the document names them.",
    example=Example.document(before=_TWO_OPERATIONS, after=_ONE_OPERATION),
)
def operation_removed(change: OperationRemoved) -> None:
    """The operation {method} {path} is gone."""


@rule(
    on=OperationAdded,
    when=lambda change: change.kind == "webhook",
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    waiver=NOBODY_CALLS_IT_YET,
    why="A webhook is sent to those who subscribe to it; nobody has subscribed to one that did not exist.",
    advice="Nothing to do. A receiver that is subscribed to everything should ignore events that it does not know.",
    example=Example.document(before=WEBHOOK, after=_TWO_WEBHOOKS),
)
def webhook_added(change: OperationAdded) -> None:
    """The webhook {path} is new."""


@rule(
    on=OperationRemoved,
    when=lambda change: change.kind == "webhook",
    request=Level.BREAKING,
    response=Level.BREAKING,
    waiver="A receiver waits for an event that never comes: it lost what it was promised, whole.",
    why=f"A receiver that relies on the event is never told again, and sees no error either. {_GONE}",
    advice="Find out what replaces the event, or poll for the state that it announced.",
    example=Example.document(before=_TWO_WEBHOOKS, after=WEBHOOK),
)
def webhook_removed(change: OperationRemoved) -> None:
    """The webhook {path} is gone."""


@rule(
    on=OperationAdded,
    when=lambda change: change.kind == "callback",
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    waiver=NOBODY_CALLS_IT_YET,
    why="A callback goes to an address that the caller names; a caller written before names none for it.",
    advice="Nothing to do.",
    example=Example.operation(before=_NO_CALLBACK, after=CALLBACK),
)
def callback_added(change: OperationAdded) -> None:
    """The callback {method} {path} is new."""


@rule(
    on=OperationRemoved,
    when=lambda change: change.kind == "callback",
    request=Level.BREAKING,
    response=Level.BREAKING,
    waiver="A receiver waits for a call that never comes: it lost what it was promised, whole.",
    why=f"A caller that waits for the callback waits for ever. {_GONE}",
    advice="Read the outcome in another way, by polling the resource for instance.",
    example=Example.operation(before=CALLBACK, after=_NO_CALLBACK),
)
def callback_removed(change: OperationRemoved) -> None:
    """The callback {method} {path} is gone."""


@rule(
    on=PathAdded,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    why="A path without an operation cannot be called.",
    advice="Nothing to do. Operations may follow.",
    example=Example.document(before="paths: {}", after="paths: {/things: {}}"),
)
def path_added(change: PathAdded) -> None:
    """The path {path} is new; it has no operation yet."""


@rule(
    on=PathRemoved,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    why="A path without an operation could not be called.",
    advice="Nothing to do.",
    example=Example.document(before="paths: {/things: {}}", after="paths: {}"),
)
def path_removed(change: PathRemoved) -> None:
    """The path {path} is gone; it had no operation."""


_DRAFT = """
    paths:
      /things:
        get:
          responses: {"200": {description: All things.}}
        delete:
          x-stability-level: alpha
          responses: {"204": {description: No thing is left.}}
"""


@rule(
    on=UnstableOperationRemoved,
    request=Level.COMPATIBLE,
    response=Level.COMPATIBLE,
    waiver="`x-stability-level` is a known word: `draft` and `alpha` say that it may go at any time.",
    why="The operation said of itself that it was not there to stay. Whoever calls it all the same gets an error.",
    advice="Stop calling the operation. Build on operations that are at least `beta`.",
    example=Example.document(before=_DRAFT, after=_ONE_OPERATION),
)
def unstable_operation_removed(change: UnstableOperationRemoved) -> None:
    """The operation {method} {path} is gone, whose stability was only {stability}."""


_OTHER_METHOD = "A receiver that listens for the old method answers 405, and the event is lost."
_LISTEN = "Listen for both methods before the change, and drop the old one when it no longer comes."


@rule(
    on=MethodChanged,
    when=lambda change: change.kind != "callback",
    request=Level.BREAKING,
    response=Level.BREAKING,
    why=_OTHER_METHOD,
    advice=_LISTEN,
    example=Example.document(before=WEBHOOK, after=WEBHOOK.replace("post:", "put:")),
)
def webhook_method_changed(change: MethodChanged) -> None:
    """The webhook {path} is sent by {after}; it was by {before}."""


@rule(
    on=MethodChanged,
    when=lambda change: change.kind == "callback",
    request=Level.BREAKING,
    response=Level.BREAKING,
    why=_OTHER_METHOD,
    advice=_LISTEN,
    example=Example.operation(before=CALLBACK, after=CALLBACK.replace("post:", "put:")),
)
def callback_method_changed(change: MethodChanged) -> None:
    """The callback {path} is sent by {after}; it was by {before}."""


@rule(
    on=CallbackExpressionChanged,
    request=Level.BREAKING,
    response=Level.BREAKING,
    why="The provider looks for the URL to call in another place: where a caller puts it as before, it is not found.",
    advice="Give the URL in the new place too. Where the old one is still accepted, give it in both.",
    example=Example.operation(before=CALLBACK, after=CALLBACK.replace("#/url", "#/callback_url")),
)
def callback_expression_changed(change: CallbackExpressionChanged) -> None:
    """The callback goes to {after}; it went to {before}."""
