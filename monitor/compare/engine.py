"""From two contracts to the facts of what differs between them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from monitor.compare.budget import Budget
from monitor.compare.causes import one_edit_each
from monitor.compare.changes import Change
from monitor.compare.components import compare_components, compare_root
from monitor.compare.context import Context, Scope
from monitor.compare.conventions import Conventions
from monitor.compare.definitions import compare_unused_definitions
from monitor.compare.extended_scopes import told_once
from monitor.compare.operations import compare_operations
from monitor.compare.reach import ComparedPair, sites_of, with_sites
from monitor.compare.schemas import compare_cores
from monitor.compare.xml_objects import without_echoes
from monitor.contract import Contract, Direction, Site
from monitor.errors import BudgetExceeded


def compare(
    before: Contract, after: Contract, *, budget: Budget | None = None, conventions: Conventions | None = None
) -> tuple[Change, ...]:
    """Every difference between two contracts, each edit once, ordered by location.

    Definitions are compared once, however many operations reach them; `Change.sites` says which do. Cost grows with the
    size of what differs, not with the number of paths through the documents. The same documents give the same
    result, whatever the order of their keys. `conventions`: what is known of the provider beyond OpenAPI.

    Raises BudgetExceeded.
    """
    return compare_all(before, after, budget=budget, conventions=conventions).changes


class Compared(NamedTuple):
    """What differs between two contracts, and the definitions that were compared for it."""

    changes: tuple[Change, ...]
    pairs: tuple[ComparedPair, ...] = ()
    sites: Callable[[ComparedPair, Direction], tuple[Site, ...]] = lambda *_: ()
    """Every operation that meets a pair in a direction."""


def compare_all(
    before: Contract, after: Contract, *, budget: Budget | None = None, conventions: Conventions | None = None
) -> Compared:
    """As `compare`, with the pairs of definitions that differ in themselves, ordered by pointer."""
    if before is after:
        return Compared(())
    known = conventions or Conventions()
    context = Context(known.applied(before), known.applied(after), budget or Budget(), known)
    try:
        _compare_all(context)
    except RecursionError as error:
        raise BudgetExceeded(
            "the comparison was stopped: schemas are nested too deep in one another",
            advice="Name the inner schemas as components: what is referred to is compared by itself.",
        ) from error
    changes, pairs = with_sites(context)
    told = one_edit_each(told_once(without_echoes(changes)))
    return Compared(told, tuple(pairs), partial(sites_of, context))


def _compare_all(context: Context) -> None:
    compare_operations(context)
    _drain(context)
    compare_components(context)
    _drain(context)
    compare_root(context)
    compare_unused_definitions(context)


def _drain(context: Context) -> None:
    """Compare the definitions that were referred to, and those that they refer to in turn."""
    while context.waiting:
        key, before, after = context.waiting.popleft()
        told = (key.null_told, key.null_told)
        compare_cores(context, Scope(context.frames[key], wire=key.wire), before, after, nullable=told)
