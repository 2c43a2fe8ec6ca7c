"""The promise: what the provider said, what it allows, and what it is held to."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from monitor.compare.changes import (
    EnumValueAdded,
    FormatChanged,
    Location,
    OperationAdded,
    OperationRemoved,
    ParameterAdded,
    PropertyAdded,
    PropertyRemoved,
    Unclassified,
)
from monitor.contract import Direction, OperationRef
from monitor.errors import UsageError
from monitor.policy import (
    ClientProfile,
    PromiseState,
    Removals,
    Verdict,
    client_names,
    client_profile,
    decide,
    promise_names,
    promise_profile,
    promise_profile_from,
    propose_promise,
)
from monitor.rules import Finding, Level, judge

Found = Callable[..., Finding]
AT = Location("/components/schemas/Thing/properties/color", "/components/schemas/Thing/properties/color")
REQUEST, RESPONSE = Direction
INCIDENT = promise_profile("incident-io")


@pytest.fixture
def audited(strict: ClientProfile) -> Callable[..., Verdict]:
    """A finding to its verdict under incident.io's promise."""

    def run(finding: Finding, **known: object) -> Verdict:
        (verdict,) = decide([finding], client=strict, promise=INCIDENT, **known)  # type: ignore[arg-type]
        return verdict

    return run


# --- the profile -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", promise_names())
def test_the_words_are_those_whose_digest_was_taken(name: str) -> None:
    profile = promise_profile(name)
    assert hashlib.sha256(profile.words.encode()).hexdigest() == profile.words_sha256
    assert profile.expects_client in client_names()
    assert profile.url.startswith("https://")


@pytest.mark.parametrize("name", promise_names())
def test_what_is_allowed_is_allowed_in_the_provider_s_own_words(name: str) -> None:
    profile = promise_profile(name)
    for line in profile.allowed:
        assert line.words in profile.words
    assert profile.order is None or profile.order in profile.words


def test_incident_io_promises_three_calendar_months_and_a_new_path() -> None:
    assert INCIDENT.window_months == 3
    assert INCIDENT.expects_client == "tolerant-reader"
    assert INCIDENT.read_on == date(2026, 7, 31)
    assert INCIDENT.version_pattern is not None
    assert [
        re.match(INCIDENT.version_pattern, path) is not None for path in ("/v2/a", "/v10", "/version/a", "/a/v2")
    ] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.corpus
def test_the_words_of_incident_io_stand_in_its_newest_document() -> None:
    folder = Path(__file__).resolve().parents[2].parent / "shared" / "corpus" / "incident-io"
    files = sorted(folder.glob("*.json")) if folder.is_dir() else []
    if not files:
        pytest.skip("the corpus of real documents is not here")
    description = json.loads(files[-1].read_bytes())["info"]["description"]
    assert INCIDENT.words.strip() in description
    assert propose_promise("/tmp/document.json", description) == INCIDENT


def test_a_promise_is_proposed_by_host_or_by_the_words_of_the_description() -> None:
    wrapped = "# API\n\nThis is the API reference\nfor incident.io.\n"
    assert propose_promise("https://api.incident.io/v1/openapiV3.json", None) == INCIDENT
    assert propose_promise("./document.json", wrapped) == INCIDENT
    assert propose_promise("https://incident.io.example.com/openapi.json", "Another API.") is None
    assert propose_promise("not a url", None) is None


HEAD = """
title = "t"
url = "https://example.com"
words = "w"
words_sha256 = "s"
read_on = 2026-01-31
expects_client = "strict"
"""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD.replace("2026-01-31", '"soon"'), "read_on"),
        (HEAD + "window_days = 3", "window_days"),
        (HEAD + "window_months = -1", "negative"),
        (HEAD + "version_pattern = '^/v('", "regular expression"),
        (HEAD + "version_pattern = '^/v[0-9]+'", "one group"),
        (HEAD + "[[allow]]\nrules = ['operation-addd']\nwords = 'w'", "mean 'operation-added'"),
        (HEAD + "[[allow]]\nwords = 'w'", "rules"),
    ],
)
def test_a_promise_that_is_wrong_says_what_and_where(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        promise_profile_from(text, "ours.toml")
    assert "ours.toml" in str(caught.value)


def test_an_unknown_promise_names_the_known() -> None:
    with pytest.raises(UsageError, match="incident-io"):
        promise_profile("example")


# --- two axes ----------------------------------------------------------------------------------------------------------


def test_without_a_promise_everything_is_unstated(found: Found, strict: ClientProfile) -> None:
    (verdict,) = decide([found(PropertyRemoved, location=AT, name="color", required=True)], client=strict)
    assert (verdict.level, verdict.promise) == (Level.BREAKING, PromiseState.UNSTATED)


def test_a_change_can_be_breaking_and_allowed(found: Found) -> None:
    finding = found(EnumValueAdded, RESPONSE, location=AT, value="blue")
    (verdict,) = decide([finding], client=client_profile("codegen"), promise=INCIDENT)
    assert (verdict.level, verdict.promise) == (Level.BREAKING, PromiseState.ALLOWED)
    assert "“Adding new values to enums”" in verdict.reasons[-1]


def test_a_change_can_be_risky_and_broken(found: Found, audited: Callable[..., Verdict]) -> None:
    verdict = audited(found(PropertyRemoved, RESPONSE, location=AT, name="color"))
    assert (verdict.level, verdict.promise) == (Level.RISKY, PromiseState.BROKEN)


@pytest.mark.parametrize("client", client_names())
def test_the_client_never_moves_the_promise(found: Found, client: str) -> None:
    findings = [
        found(EnumValueAdded, location=AT, value="blue"),
        found(PropertyRemoved, location=AT, name="color"),
        found(PropertyAdded, location=AT, name="color", required=True),
    ]
    verdicts = decide(findings, client=client_profile(client), promise=INCIDENT)
    states = {verdict.finding.rule.id: verdict.promise for verdict in verdicts}
    assert states == {
        "enum-value-added": PromiseState.ALLOWED,
        "optional-property-removed": PromiseState.BROKEN,
        "required-property-added": PromiseState.BROKEN,
    }


def test_what_is_allowed_in_one_direction_is_not_in_the_other(found: Found, audited: Callable[..., Verdict]) -> None:
    facts = {"location": AT, "name": "color", "required": True}
    assert audited(found(PropertyAdded, RESPONSE, **facts)).promise is PromiseState.ALLOWED
    assert audited(found(PropertyAdded, REQUEST, **facts)).promise is PromiseState.BROKEN


def test_a_new_service_under_a_higher_version_is_nobody_s_break(found: Found, strict: ClientProfile) -> None:
    silent = promise_profile_from(HEAD + "window_months = 3", "silent")
    finding = found(OperationAdded, REQUEST, location=AT, method="GET", path="/v3/things")
    (verdict,) = decide([finding], client=strict, promise=silent)
    assert verdict.promise is PromiseState.UNSTATED
    (verdict,) = decide([finding], client=strict, promise=INCIDENT)
    assert verdict.promise is PromiseState.ALLOWED


def test_what_is_compatible_and_not_reserved_is_unstated(found: Found, audited: Callable[..., Verdict]) -> None:
    finding = found(ParameterAdded, RESPONSE, location=AT, name="color", place="header")
    assert audited(finding).promise is PromiseState.UNSTATED


def test_what_is_not_understood_is_held_against_nobody(found: Found, audited: Callable[..., Verdict]) -> None:
    verdict = audited(found(Unclassified, location=AT, keyword="not"))
    assert (verdict.level, verdict.promise) == (Level.RISKY, PromiseState.UNSTATED)
    assert verdict.reasons


@pytest.mark.parametrize(
    ("pointer", "before", "after", "state"),
    [
        ("/components/schemas/Thing/properties/owner_id/format", "ulid", "hostname", PromiseState.ALLOWED),
        ("/components/schemas/Thing/properties/ID/format", "date", "time", PromiseState.ALLOWED),
        ("/components/schemas/Thing/properties/key/format", "uuid", "hostname", PromiseState.ALLOWED),
        ("/components/schemas/Thing/properties/paid/format", "date", "time", PromiseState.BROKEN),
        ("/components/schemas/Thing/properties/created_at/format", "date", "time", PromiseState.BROKEN),
    ],
)
def test_only_ids_may_change_their_format(
    found: Found,
    audited: Callable[..., Verdict],
    pointer: str,
    before: str,
    after: str,
    state: PromiseState,
) -> None:
    values = {"before": before, "after": after, "where": pointer.split("/")[-2]}
    finding = found(FormatChanged, location=Location(pointer, pointer), **values)
    assert audited(finding).promise is state


# --- removals ----------------------------------------------------------------------------------------------------------

GONE = OperationRef("/v1/things", "GET")
DEADLINE = date(2026, 4, 30)


@pytest.mark.parametrize(
    ("flagged", "deadlines", "seen_on", "state"),
    [
        (False, {}, date(2026, 5, 1), PromiseState.BROKEN),
        (True, {}, date(2026, 5, 1), PromiseState.UNSTATED),
        (True, None, None, PromiseState.UNSTATED),
        (True, {GONE: DEADLINE}, None, PromiseState.UNSTATED),
        (True, {GONE: DEADLINE}, date(2026, 5, 1), PromiseState.ALLOWED),
        (True, {GONE: DEADLINE}, DEADLINE, PromiseState.BROKEN),
        (True, {GONE: DEADLINE}, date(2026, 2, 1), PromiseState.BROKEN),
        # The flag went a while before the operation did: the ledger still knows its deadline.
        (False, {GONE: DEADLINE}, date(2026, 5, 1), PromiseState.ALLOWED),
        (True, {OperationRef("/v1/things", "POST"): DEADLINE}, date(2026, 5, 1), PromiseState.UNSTATED),
    ],
)
def test_a_removal_is_held_to_the_window(
    found: Found,
    audited: Callable[..., Verdict],
    flagged: bool,
    deadlines: dict[OperationRef, date] | None,
    seen_on: date | None,
    state: PromiseState,
) -> None:
    finding = found(OperationRemoved, REQUEST, location=AT, method="GET", path="/v1/things", deprecated=flagged)
    verdict = audited(finding, removals=Removals(deadlines or {}, seen_on))
    assert verdict.promise is state
    assert verdict.level is Level.BREAKING, "whoever still calls it is broken, whatever was promised"
    assert "3 months" in verdict.reasons[-1]


def test_without_a_promised_window_a_removal_is_like_any_other_change(found: Found, strict: ClientProfile) -> None:
    promise = promise_profile_from(HEAD, "no window")
    finding = found(OperationRemoved, REQUEST, location=AT, method="GET", path="/v1/things", deprecated=True)
    (verdict,) = decide([finding], client=strict, promise=promise)
    assert verdict.promise is PromiseState.BROKEN


def test_a_definition_that_nobody_meets_breaks_no_promise(audited: Callable[..., Verdict]) -> None:
    (finding,) = judge([PropertyRemoved(location=AT, name="color", required=True)])
    assert audited(finding).promise is PromiseState.UNSTATED
