"""What a reader uses of an API."""

from __future__ import annotations

from monitor.contract import OperationRef
from monitor.policy import Use, Uses


def test_what_one_used_operation_meets_is_hit_what_none_meets_is_not_used_and_what_no_operation_meets_is_unknown():
    uses = Uses.of(["GET /v1/a", "/v2/**"])
    used, other = OperationRef("/v1/a", "GET"), OperationRef("/v1/b", "GET")
    assert uses.use([other, used]) is Use.HIT
    assert uses.use([other]) is Use.NOT_USED
    assert uses.use([]) is Use.UNKNOWN


def test_a_callback_that_no_pattern_names_may_be_one_of_an_operation_that_is_used():
    callback = OperationRef("{$request.body#/url}", "POST", "callback")
    uses = Uses.of(["GET /v1/a"])
    assert uses.use([callback]) is Use.UNKNOWN
    assert uses.use([callback, OperationRef("/v1/b", "GET")]) is Use.UNKNOWN
    assert uses.use([callback, OperationRef("/v1/a", "GET")]) is Use.HIT
    assert Uses.of(["callback **"]).use([callback]) is Use.HIT


def test_patterns_that_name_no_operation_are_known():
    uses = Uses.of(["GET /v1/a", "GET /api/v1/a", "/v2/**"])
    assert uses.unmatched([OperationRef("/v1/a", "GET")]) == ("GET /api/v1/a", "/v2/**")
