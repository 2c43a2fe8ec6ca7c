"""Names that only generated code sees: operationIds, components, callbacks, parameters of the path or the body."""

from __future__ import annotations

from monitor.compare.changes import (
    BodyParameterRenamed,
    CallbackRenamed,
    ComponentAdded,
    ComponentRemoved,
    ComponentRenamed,
    OperationIdChanged,
    PathParameterRenamed,
)
from monitor.rules.example import Example
from monitor.rules.levels import Level
from monitor.rules.registry import rule

_USED = """
    paths:
      /things:
        get:
          responses:
            "200":
              description: A thing.
              content:
                application/json:
                  schema: {$ref: "#/components/schemas/%s"}
    components:
      schemas:
        %s: {type: object, properties: {name: {type: string}}}
"""
_UNUSED = """
    paths: {}
    components:
      schemas:
        Thing: {type: object}
        %s: {type: object}
"""
_BY_NAME = """
    paths:
      /things/{%s}:
        get:
          parameters:
            - {name: %s, in: path, required: true, schema: {type: string}}
          responses: {"200": {description: A thing.}}
"""
_BODY = """
    swagger: "2.0"
    paths:
      /things:
        post:
          parameters: [{name: %s, in: body, schema: {type: object}}]
          responses: {"200": {description: A thing.}}
"""
_CALLBACK = """
    responses: {"202": {description: Accepted.}}
    callbacks:
      %s:
        "{$request.body#/url}":
          post:
            responses: {"204": {description: Received.}}
"""


@rule(
    on=OperationIdChanged,
    when=lambda change: change.before is None and change.after is not None,
    request=Level.DOCS,
    response=Level.DOCS,
    affects="generated-client",
    why="The wire does not carry an operationId; generators that had to make up a name take this one now.",
    advice="Regenerating the client may rename a function: expect compile errors at its callers.",
    example=Example.operation(
        before="responses: {'200': {description: A thing.}}",
        after="operationId: createThing\nresponses: {'200': {description: A thing.}}",
    ),
)
def operation_id_added(change: OperationIdChanged) -> None:
    """{method} {path} has an operationId now: {after}."""


@rule(
    on=OperationIdChanged,
    when=lambda change: change.after is None,
    request=Level.DOCS,
    response=Level.DOCS,
    affects="generated-client",
    why="The wire does not carry an operationId; generators make up a name where there is none.",
    advice="Regenerating the client renames a function: expect compile errors at its callers.",
    example=Example.operation(
        before="operationId: createThing\nresponses: {'200': {description: A thing.}}",
        after="responses: {'200': {description: A thing.}}",
    ),
)
def operation_id_removed(change: OperationIdChanged) -> None:
    """{method} {path} has no operationId any more; it was {before}."""


@rule(
    on=OperationIdChanged,
    when=lambda change: change.before is not None and change.after is not None,
    request=Level.DOCS,
    response=Level.DOCS,
    affects="generated-client",
    why="The wire does not carry an operationId; generators make function names of it.",
    advice="Regenerating the client renames a function: expect compile errors at its callers.",
    example=Example.operation(
        before="operationId: makeThing\nresponses: {'200': {description: A thing.}}",
        after="operationId: createThing\nresponses: {'200': {description: A thing.}}",
    ),
)
def operation_id_changed(change: OperationIdChanged) -> None:
    """The operationId of {method} {path} changed from {before} to {after}."""


@rule(
    on=PathParameterRenamed,
    request=Level.DOCS,
    response=Level.DOCS,
    affects="generated-client",
    why="A path is filled in by position: the wire never carries the name of a path parameter. "
    "Generators make argument "
    "names of it.",
    advice="Regenerating the client renames an argument.",
    example=Example.document(before=_BY_NAME % ("id", "id"), after=_BY_NAME % ("thing_id", "thing_id")),
)
def path_parameter_renamed(change: PathParameterRenamed) -> None:
    """The path parameter {before} is called {after} now."""


@rule(
    on=BodyParameterRenamed,
    request=Level.DOCS,
    response=Level.DOCS,
    affects="generated-client",
    why="The wire never carries the name of a body parameter (OAS 2.0, Parameter Object); generators make argument "
    "names of it.",
    advice="Regenerating the client renames an argument.",
    example=Example.document(before=_BODY % "thing", after=_BODY % "item"),
)
def body_parameter_renamed(change: BodyParameterRenamed) -> None:
    """The body parameter {before} is called {after} now."""


@rule(
    on=CallbackRenamed,
    request=Level.DOCS,
    response=Level.DOCS,
    affects="generated-client",
    why="A callback is sent to its expression: the wire never carries its name. Generators make names of classes and "
    "functions of it.",
    advice="Regenerating the client may rename a class or a function: expect compile errors where your code names it.",
    example=Example.operation(before=_CALLBACK % "done", after=_CALLBACK % "finished"),
)
def callback_renamed(change: CallbackRenamed) -> None:
    """The callback {before} is called {after} now."""


@rule(
    on=ComponentAdded,
    request=Level.DOCS,
    response=Level.DOCS,
    affects="docs",
    why="A definition by itself is nothing on the wire; what uses it is told by other changes.",
    advice="Nothing to do.",
    example=Example.document(before=_UNUSED % "Part", after=_UNUSED % "Part" + "        Piece: {type: object}"),
)
def component_added(change: ComponentAdded) -> None:
    """The component `{name}` is new among the {section}."""


@rule(
    on=ComponentRemoved,
    request=Level.DOCS,
    response=Level.DOCS,
    affects="generated-client",
    why="A definition by itself is nothing on the wire; what used it is told by other changes. "
    "Generators make a type of "
    "each definition, used or not.",
    advice="Regenerating the client drops a type: expect compile errors where your code names it.",
    example=Example.document(before=_UNUSED % "Part" + "        Piece: {type: object}", after=_UNUSED % "Part"),
)
def component_removed(change: ComponentRemoved) -> None:
    """The component `{name}` is gone from the {section}."""


@rule(
    on=ComponentRenamed,
    request=Level.DOCS,
    response=Level.DOCS,
    affects="generated-client",
    why="The wire never carries the name of a definition; generators make type names of it.",
    advice="Regenerating the client renames a type: expect compile errors where your code names it.",
    example=Example.document(before=_USED % ("Thing", "Thing"), after=_USED % ("Item", "Item")),
)
def component_renamed(change: ComponentRenamed) -> None:
    """The component {before} among the {section} is called {after} now."""
