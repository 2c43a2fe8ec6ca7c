"""What the tests of the reports share: documents to what differs between them and to the view of a watched source, through
every layer.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pytest

from monitor.compare import compare
from monitor.ledger import Observation, book, deadlines, lifetimes, outline, unannounced_removals
from monitor.policy import Removals, client_profile, decide, promise_profile, with_witnesses
from monitor.proof import Proofs
from monitor.reading import contract_of, read
from monitor.report.audit_build import Observed, audit
from monitor.report.audit_view import Audit
from monitor.report.diffdoc import DiffDocument, Side, diff_document
from monitor.report.view import ComparisonView, Health, Report, SourceView
from monitor.rules import judge

Compared = Callable[..., DiffDocument]
Watched = Callable[..., SourceView]


@pytest.fixture(scope="session")
def compared() -> Compared:
    """Two documents (YAML or JSON text) to their differences, for the client strict unless told."""

    def run(before: str, after: str, *, client: str = "strict", promise: str | None = None) -> DiffDocument:
        documents = [
            read(text.encode(), source=name) for text, name in ((before, "before.yaml"), (after, "after.yaml"))
        ]
        contracts = [contract_of(document) for document in documents]
        proofs = Proofs(*contracts)
        verdicts = decide(
            proofs.held(judge(compare(*contracts))),
            client=client_profile(client),
            promise=None if promise is None else promise_profile(promise),
        )
        verdicts = with_witnesses(verdicts, proofs)
        left, right = (Side(each.source, each.sha256, each.openapi, each.title, each.version) for each in documents)
        return diff_document(left, right, verdicts, client=client, promise=promise)

    return run


@pytest.fixture(scope="session")
def api() -> Callable[..., str]:
    """A document: `api("GET /v1/a", "GET /v1/b!", lantern={"wick": {"type": "string"}})`; `!` means deprecated.

    Every operation answers with a Lantern, of which `lantern` are the properties, all of them required. `tags` are by path.
    """

    def run(*operations: str, lantern: dict[str, Any] | None = None, tags: dict[str, str] | None = None) -> str:
        paths: dict[str, Any] = {}
        for text in operations:
            method, path = text.rstrip("!").split(" ", 1)
            answer = {"application/json": {"schema": {"$ref": "#/components/schemas/Lantern"}}}
            operation: dict[str, Any] = {"responses": {"200": {"description": "fine", "content": answer}}}
            names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
            operation["parameters"] = [
                {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
            ]
            if text.endswith("!"):
                operation["deprecated"] = True
            if tags and path in tags:
                operation["tags"] = [tags[path]]
            paths.setdefault(path, {})[method.lower()] = operation
        properties = lantern or {"wick": {"type": "string"}}
        schema = {"type": "object", "properties": properties, "required": sorted(properties)}
        info = {"title": "Lanterns", "version": "1"}
        return json.dumps(
            {"openapi": "3.0.3", "info": info, "paths": paths, "components": {"schemas": {"Lantern": schema}}}
        )

    return run


@pytest.fixture(scope="session")
def tagged(api: Callable[..., str]) -> tuple[tuple[str, str], ...]:
    """Two versions of a document: three operations of two tags became deprecated together on 2 July 2026."""
    tags = {"/v1/boats": "Ships V1", "/v1/rafts": "Ships V1", "/v1/cranes": "Cranes V1"}
    old, new = ["GET /v1/boats", "GET /v1/rafts", "GET /v1/cranes"], ["GET /v2/boats", "GET /v2/rafts"]
    return (
        ("2026-07-01", api(*old, *new, tags=tags)),
        ("2026-07-02", api(*(f"{name}!" for name in old), *new, tags=tags)),
    )


@pytest.fixture(scope="session")
def watched() -> Watched:
    """The view of a source from its versions, `watched(("2026-01-01", text), …, since=…, until=…, today=…)`.

    It is made from the documents as the jobs make it, without a store; `facts` replaces fields of the view.
    """

    def run(
        *versions: tuple[str, str], since: datetime, until: datetime, today: date, promise: str | None, **facts: Any
    ) -> SourceView:
        profile = None if promise is None else promise_profile(promise)
        settled = {
            "today": today,
            "window_months": None if profile is None else profile.window_months,
            "version_pattern": None if profile is None else profile.version_pattern,
        }
        seen = []
        for sequence, (moment, text) in enumerate(versions, start=1):
            document = read(text.encode(), source=moment)
            at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
            shown = outline(contract_of(document))
            seen.append((document, Observation(at, sequence, shown, imported=True)))
        observations = [observation for _, observation in seen]
        comparisons = []
        for place, ((left, before), (right, after)) in enumerate(pairwise(seen), start=1):
            known = book(observations[:place], **{**settled, "today": before.seen_at.date()})
            verdicts = decide(
                judge(compare(contract_of(left), contract_of(right))),
                client=client_profile(facts.get("client", "strict")),
                promise=profile,
                removals=Removals(deadlines(known, before=before.seen_at, after=after.seen_at), after.seen_at.date()),
            )
            sides = [Side(each.source, each.sha256, each.openapi, each.title, each.version) for each in (left, right)]
            differences = diff_document(*sides, verdicts, client="strict", promise=promise)
            if since <= after.seen_at < until:
                names = [f"acme@{one.seen_at:%Y-%m-%d}" for one in (before, after)]
                comparisons.append(ComparisonView(before.seen_at, after.seen_at, *names, differences))
        first = observations[0].seen_at if observations and since <= observations[0].seen_at < until else None
        view: dict[str, Any] = {
            "name": "acme",
            "url": "https://api.acme.example/openapi.json",
            "promise": promise,
            "promise_title": None if profile is None else profile.title,
            "window_months": settled["window_months"],
            "client": "strict",
            "health": Health(checked_at=until, outcome="unchanged", last_good=until),
            "versions": sum(since <= one.seen_at < until for one in observations),
            "suspect": 0,
            "baseline": first,
            "comparisons": tuple(comparisons),
            "entries": book([one for one in observations if one.seen_at.date() <= today], **settled),
            "snapshots": len(seen),
            "baseline_operations": None if first is None else len(observations[0].outline.operations),
        }
        return SourceView(**{**view, **facts})

    return run


@pytest.fixture(scope="session")
def reported(watched: Watched) -> Callable[..., Report]:
    """A report on one source, from its versions and a span of days: `reported(…, since="2026-08-03", until=…)`."""

    def run(
        *versions: tuple[str, str],
        since: str,
        until: str,
        today: str | None = None,
        promise: str | None = "incident-io",
        **facts: Any,
    ) -> Report:
        begin, end = (datetime.fromisoformat(day).replace(tzinfo=UTC) for day in (since, until))
        day = date.fromisoformat(today) if today else end.date()
        view = watched(*versions, since=begin, until=end, today=day, promise=promise, **facts)
        return Report(begin, end, day, (view,))

    return run


def _moment(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


@pytest.fixture(scope="session")
def audited(watched: Watched) -> Callable[..., Audit]:
    """Versions (`("2026-01-01", text), …`) to the audit of incident.io's promise, as of a day."""

    def run(*versions: tuple[str, str], today: str) -> Audit:
        day = date.fromisoformat(today)
        view = watched(*versions, since=_moment("2000-01-01"), until=_moment(today), today=day, promise="incident-io")
        observations = [
            Observation(_moment(when), number, outline(contract_of(read(text.encode(), source=when))), imported=True)
            for number, (when, text) in enumerate(versions, start=1)
        ]
        names = {one.seen_at: f"acme@{one.seen_at:%Y-%m-%d}" for one in observations}
        observed = Observed(
            name="acme",
            url=view.url,
            promise=promise_profile("incident-io"),
            first=observations[0].seen_at,
            last=observations[-1].seen_at,
            versions=len(versions),
            suspect=0,
            comparisons=view.comparisons,
            entries=view.entries,
            removals=unannounced_removals(observations),
            lifetimes=lifetimes(observations),
            names=names,
        )
        return audit(observed, since=_moment("2000-01-01"), until=_moment(today), today=day)

    return run
