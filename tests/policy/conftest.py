"""What the tests of the policy share: findings of small changes, on an operation that both sends and receives."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from monitor.compare.changes import Change
from monitor.contract import Direction, OperationRef, Site
from monitor.policy import ClientProfile, client_profile
from monitor.rules import Finding, judge

POST = OperationRef("/v1/things", "POST")
SITES = {direction: Site(POST, direction, "body") for direction in Direction}


@pytest.fixture
def found() -> Callable[..., Finding]:
    """A change to its finding, met in the directions given (both, where none is)."""

    def run(of: type[Change], *directions: Direction, **facts: object) -> Finding:
        sites = tuple(SITES[direction] for direction in (directions or tuple(Direction)))
        (finding,) = judge([of(sites=sites, **facts)])  # type: ignore[arg-type]  # the facts differ by class
        return finding

    return run


@pytest.fixture
def strict() -> ClientProfile:
    """The client profile that moves nothing."""
    return client_profile("strict")
