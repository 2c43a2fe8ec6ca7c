"""Operations, webhooks, callbacks and their paths."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.compare.changes.base import Change, Effect
from monitor.contract.types import OperationKind


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


class CallbackRenamed(Change):
    """Its name under `callbacks`, which only generated code sees. `before` and `after` are the names.

    A callback has operations; they are the sites of one change.
    """

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
