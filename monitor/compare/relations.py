"""How two schemas relate as sets of values, found by comparing them aside from the report."""

from __future__ import annotations

from monitor.compare import schemas
from monitor.compare.changes import (
    AdditionalPropertiesNarrowed,
    AdditionalPropertiesWidened,
    Change,
    ClosedPatternPropertyAdded,
    ClosedPropertyAdded,
    ClosedPropertyRemoved,
    Effect,
    ExtensionChanged,
    ObjectBecameListed,
    PatternPropertyAdded,
    PatternPropertyRemoved,
    PropertyAdded,
    PropertyRemoved,
    PropertySchemaAdded,
)
from monitor.compare.context import Context, Scope
from monitor.contract import Node


def relation(context: Context, before: Node, after: Node, *, closed: bool = False) -> Effect:
    """What became of the set of values between two schemas, found aside from the report.

    Objects are read as open, as JSON Schema has it, unless `closed`: what is not listed is accepted with any value.
    """
    key = (before.pointer, after.pointer, closed)
    if key not in context.related:
        # A pair that is under way is assumed to be equal: the greatest fixed point over recursive schemas.
        context.related[key] = Effect.NEUTRAL
        context.related[key] = _related(context, before, after, closed=closed)
    return context.related[key]


def _related(context: Context, before: Node, after: Node, *, closed: bool) -> Effect:
    aside = context.aside()
    schemas.compare_schemas(aside, Scope(aside.root()), before, after)
    while aside.waiting:
        key, mine, yours = aside.waiting.popleft()
        schemas.compare_cores(aside, Scope(aside.frames[key], wire=key.wire), mine, yours)
    frames = (*aside.roots, *aside.frames.values())
    effects = {_effect(fact.change, closed=closed) for frame in frames for fact in frame.facts} - {Effect.NEUTRAL}
    if not effects:
        return Effect.NEUTRAL
    if Effect.UNDECIDED in effects:
        return Effect.UNDECIDED
    return effects.pop() if len(effects) == 1 else Effect.CHANGED


_OF_CLOSED = (ClosedPropertyAdded, ClosedPatternPropertyAdded, ClosedPropertyRemoved)


def _effect(change: Change, *, closed: bool) -> Effect:
    """The effect of a change; the silence about unlisted names read as asked for."""
    if closed or isinstance(change, PropertySchemaAdded):
        return change.effect
    if isinstance(change, _OF_CLOSED):
        return Effect.UNDECIDED  # other names were, or are, refused, or values of them: the silence is none
    if isinstance(change, PropertyAdded | PatternPropertyAdded):
        return Effect.NARROWED
    if isinstance(change, PropertyRemoved | PatternPropertyRemoved):
        return Effect.WIDENED
    if isinstance(change, AdditionalPropertiesNarrowed | AdditionalPropertiesWidened) and change.implicit:
        said = change.before if change.after is None else change.after
        return Effect.NEUTRAL if said in (True, {}) else Effect.NARROWED if change.before is None else Effect.WIDENED
    return Effect.NEUTRAL if isinstance(change, ExtensionChanged | ObjectBecameListed) else change.effect
