"""The long description, tags, and what is said under extension keys: compared as what they are, each edit once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from monitor.compare import Change, Conventions, compare
from monitor.compare.markdown import sections
from monitor.contract import Contract
from monitor.reading import contract_of, read
from monitor.reading.dialects import dialect_for

Json = dict[str, Any]
Changes = Callable[[Json, Json], tuple[Change, ...]]


def found(before: Json, after: Json, **known: Any) -> list[Change]:
    sides = [Contract(root, dialect_for(root["openapi"])) for root in (before, after)]
    return list(compare(*sides, conventions=Conventions(**known)))


def document(description: str | None = None, operation: Json | None = None, **root: Any) -> Json:
    info = {"title": "t", "version": "1"} | ({} if description is None else {"description": description})
    paths = {"/things": {"get": {"responses": {}, **(operation or {})}}}
    return {"openapi": "3.1.0", "info": info, "paths": paths, **root}


def kinds(changes: list[Change]) -> list[str]:
    return sorted(type(change).__name__ for change in changes)


# --- headings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("a\n# B\nc\n## D\n# E", [(), ("B",), ("B", "D"), ("E",)]),
        ("B\n===\nc\n\nD\nmore\n---\ne", [(), ("B",), ("B", "D more")]),
        ("# B #\n#no heading\n   ### C ##", [(), ("B",), ("B", "C")]),
        ("```sh\n# a\n```\n~~~\n# b\n```\n# c\n~~~\n# D", [(), ("D",)]),
        ("```\n# never closed", [()]),
        ("- item\n---\n| a |\n| --- |\n\n---\n> q\n---", [()]),
        ("- item\n  goes on\n---", [()]),
        ("# A\n## B\n# A\n## B", [(), ("A",), ("A", "B"), ("A (2)",), ("A (2)", "B")]),
        ('# <a name="x"></a>**Rate** [limits](#x)\n#', [(), ("Rate limits",), ("(no name)",)]),
        ("", [()]),
    ],
)
def test_headings_are_those_of_commonmark(text: str, paths: list[tuple[str, ...]]) -> None:
    assert [section.path for section in sections(text)] == paths


def test_only_json_in_a_fence_is_data() -> None:
    text = '```json\n{"a": 1}\n```\n```\n[1]\n```\n```json\n{"a": 1,}\n```\n```\nNaN\n```\n```json\n{"a": NaN}\n```'
    (section,) = sections(text)
    assert section.blocks == [{"a": 1}, [1]]
    assert section.words.count("```") == 6


def test_json_that_is_nested_without_end_is_plain_text() -> None:
    for depth in (100, 100_000):
        (section,) = sections("```json\n" + "[" * depth + "]" * depth + "\n```")
        assert section.blocks == []


def test_a_description_that_comes_is_told_by_its_sections() -> None:
    text = "Things.\n# Limits\n60 calls.\n# Versioning\nNever."
    came, went = found(document(), document(text)), found(document(text), document())
    assert kinds(came) == ["PromiseWordsAdded", "SectionAdded", "SectionChanged"]
    assert kinds(went) == ["PromiseWordsRemoved", "SectionChanged", "SectionRemoved"]
    assert {(change.location.before, change.location.after) for change in came} == {(None, "/info/description")}


def test_the_promise_is_known_by_its_words_where_no_heading_tells() -> None:
    before, after = (
        document("# Keys\nA.\n# On us\nWe give six\nmonths. Sure."),
        document("# Keys\nA.\n# On us\nNothing."),
    )
    assert kinds(found(before, after)) == ["SectionChanged"]
    assert kinds(found(before, after, promise=("we give Six months",))) == ["PromiseWordsChanged"]
    plain = document("We give six months."), document("We give six months. Perhaps.")
    assert kinds(found(*plain, promise=("we give six months",))) == ["PromiseWordsChanged"]
    assert kinds(found(*plain)) == ["DocsChanged"]


LINES = st.lists(
    st.sampled_from(
        [
            "",
            "a",
            "b",
            "# A",
            "## B",
            "# Deprecation",
            "===",
            "---",
            "```json",
            "```",
            '{"a": 1}',
            '{"a": "x", "b": []}',
        ]
    ),
    max_size=9,
).map("\n".join)


@settings(max_examples=300, deadline=None)
@given(LINES, LINES)
def test_two_descriptions_that_differ_are_never_without_a_change(before: str, after: str) -> None:
    changes = found(document(before), document(after))
    assert (not changes) is (before == after)
    assert all(change.location.after == "/info/description" for change in changes)
    assert len(set(map(repr, changes))) == len(changes)


# --- shown JSON ------------------------------------------------------------------------------------------------------


def shown(value: Any) -> Json:
    return document(f"# Errors\n```json\n{json.dumps(value)}\n```")


@pytest.mark.parametrize(
    ("before", "after", "was", "now"),
    [
        ("Thu, 17 Apr 2025 11:17:18 UTC", "2025-04-17T11:17:18Z", "an RFC 1123 date", "an RFC 3339 date and time"),
        ("2025-04-17T11:17:18.5+02:00", "2025-04-17", "an RFC 3339 date and time", "a date"),
        ("8e3cc412-b49d-4957-9073-2c19d2c61804", "12", "a UUID", "an integer written as a text"),
        ("https://example.com/a", "a", "a URL", "a text"),
        ("12", 12, "an integer written as a text", "a number"),
        (True, "yes", "true or false", "a text"),
        ({"a": 1}, [1], "an object", "a list"),
        ("a", None, "a text", "null"),
    ],
)
def test_another_type_or_form_of_a_shown_value_is_a_change_of_its_own(
    before: Any, after: Any, was: str, now: str
) -> None:
    (change,) = found(shown({"at": before}), shown({"at": after}))
    assert type(change).__name__ == "DocumentedValueChanged"
    assert (change.was, change.now, change.path, change.section) == (was, now, "at", "Errors")  # type: ignore[attr-defined]
    assert (change.before, change.after) == (before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [("a", "b"), (1, 1.5), ("a", "2025-04-17"), ("https://a.example", "..."), (None, 1), ([], [1]), ([1, "a"], ["a"])],
)
def test_other_values_of_the_same_form_are_documentation(before: Any, after: Any) -> None:
    assert kinds(found(shown({"at": before}), shown({"at": after}))) == ["SectionChanged"]


def test_each_example_is_compared_with_the_one_that_it_was() -> None:
    def two(*values: Any) -> Json:
        return document("# Errors\n" + "\nAnd:\n".join(f"```json\n{json.dumps(value)}\n```" for value in values))

    one, other = {"type": "a", "code": 1}, {"kind": "b", "at": "2025-04-17", "to": 1}
    (change,) = found(two(one, other), two({**other, "at": 5}, one))
    assert (type(change).__name__, change.path) == ("DocumentedValueChanged", "at")  # type: ignore[attr-defined]


def test_what_is_shown_for_all_operations_is_met_by_those_that_stay() -> None:
    before, after = shown({"a": 1}), shown({"a": "1"})
    before["paths"]["/gone"] = {"get": {"responses": {}}}
    (change,) = [each for each in found(before, after) if each.location.after == "/info/description"]
    assert [(site.operation.path, str(site.direction)) for site in change.sites] == [("/things", "response")]
    assert change.sites[0].where == "documentation > Errors > a"


# --- extension keys --------------------------------------------------------------------------------------------------


def test_scopes_and_their_echo_stand_under_the_keys_that_are_handed_over() -> None:
    before = document(operation={"x-roles": ["a"], "x-words": "Requires `a`."})
    after = document(operation={"x-roles": ["a", "b"], "x-words": "Requires `a` and `b`."})
    assert kinds(found(before, after)) == ["ExtensionChanged", "ExtensionChanged"]
    (change,) = found(before, after, scopes=("x-roles",), echoes=("x-words",))
    assert type(change).__name__ == "RequiredScopeAdded"
    assert [place.after for place in change.places] == ["/paths/~1things/get/x-roles", "/paths/~1things/get/x-words"]


def test_a_scope_that_many_calls_need_is_one_change() -> None:
    def both(*scopes: str) -> Json:
        operation = {"responses": {}, "x-rbac-scopes": list(scopes)}
        return document() | {"paths": {"/a": {"get": operation}, "/b": {"get": dict(operation)}}}

    (change,) = found(both("a"), both("a", "b"))
    assert [site.operation.path for site in change.sites] == ["/a", "/b"]
    assert len(change.places) == 2


def test_payloads_stand_under_the_key_that_is_handed_over() -> None:
    def sent(kind: str) -> Json:
        content = {"application/json": {"schema": {"type": kind}}}
        return document(**{"x-events": {"opened": {"post": {"requestBody": {"content": content}}}}})

    assert kinds(found(sent("string"), sent("integer"))) == ["ExtensionChanged"]
    (change,) = found(sent("string"), sent("integer"), webhooks=("x-events",))
    assert type(change).__name__ == "TypeChanged"
    assert [(str(site.operation), str(site.direction)) for site in change.sites] == [("webhook opened", "response")]


def test_a_default_key_that_is_not_handed_over_is_an_extension_like_any_other() -> None:
    before, after = (document(**{"x-webhooks": {"opened": {"post": {"summary": text}}}}) for text in "ab")
    assert kinds(found(before, after)) == ["DocsChanged"]
    assert kinds(found(before, after, webhooks=())) == ["ExtensionChanged"]


# --- tags ------------------------------------------------------------------------------------------------------------


def test_tags_that_are_no_list_of_tags_are_told_as_a_whole() -> None:
    for before, after in ((["a"], ["b"]), ({"name": "a"}, []), ([{"name": "a"}, {"name": "a"}], [{"name": "a"}])):
        (change,) = found(document(tags=before), document(tags=after))
        assert (type(change).__name__, change.location.after) == ("DocsChanged", "/tags")


TAG = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["a", "b", 1]),
        "description": st.sampled_from(["one", "two", None]),
        "x-order": st.integers(0, 1),
    },
)
TAGS = st.one_of(st.none(), st.just("a"), st.lists(st.one_of(TAG, st.just("a")), max_size=3))
ROOTS = st.fixed_dictionaries({}, optional={"tags": TAGS})
OPERATIONS = st.fixed_dictionaries(
    {},
    optional={
        "tags": TAGS,
        "x-rbac-scopes": st.one_of(
            st.none(), st.just(1), st.lists(st.sampled_from(["a", "b"]), unique=True).map(sorted)
        ),
        "x-mint": st.one_of(st.none(), st.sampled_from(["Requires `a`.", "Requires `a` and `b`.", "Slow.", ""])),
    },
)


@settings(max_examples=400, deadline=None)
@given(ROOTS, OPERATIONS, ROOTS, OPERATIONS)
def test_tags_and_scopes_that_differ_are_never_without_a_change(
    root: Json, operation: Json, other_root: Json, other_operation: Json
) -> None:
    before, after = document(operation=operation, **root), document(operation=other_operation, **other_root)
    changes = found(before, after)
    places = {side for change in changes for place in change.places for side in (place.before, place.after)}
    for holder, mine, yours in (("", root, other_root), ("/paths/~1things/get", operation, other_operation)):
        for key in mine.keys() | yours.keys():
            differs = (key in mine) != (key in yours) or mine[key] != yours[key]
            told = any(side is not None and f"{side}/".startswith(f"{holder}/{key}/") for side in places)
            assert told is differs, key


def test_operations_that_go_to_another_group_together_are_one_change() -> None:
    def both(tag: str) -> Json:
        operations = {path: {"get": {"responses": {}, "tags": [tag]}} for path in ("/a", "/b")}
        return document(tags=[{"name": tag}]) | {"paths": operations}

    changes = found(both("Parts V1"), both("Parts V2"))
    assert kinds(changes) == ["OperationTagsChanged", "TagAdded", "TagRemoved"]
    (moved,) = [change for change in changes if type(change).__name__ == "OperationTagsChanged"]
    assert len(moved.places) == len(moved.sites) == 2


# --- what happened to incident.io ------------------------------------------------------------------------------------


@pytest.fixture
def version(incident_history: Path) -> Callable[[str], Contract]:
    """A version of incident.io's document, by the beginning of its file's name."""

    def contract(day: str) -> Contract:
        (file,) = incident_history.glob(f"{day}*.json")
        return contract_of(read(file.read_bytes(), source=file.name))

    return contract


def test_a_form_of_time_that_only_the_long_description_tells_is_found(version: Callable[[str], Contract]) -> None:
    changes = compare(version("2026-07-28T1547"), version("2026-07-29T1053"))
    (change,) = [change for change in changes if type(change).__name__ == "DocumentedValueChanged"]
    assert change.path == "rate_limit > retry_after"  # type: ignore[attr-defined]
    assert change.now == "an RFC 3339 date and time"  # type: ignore[attr-defined]
    assert len(change.sites) > 200


def test_scopes_written_to_182_operations_at_once_are_one_change(version: Callable[[str], Contract]) -> None:
    none, listed, echoed = map(version, ("2026-07-03T2026", "2026-07-06T0735", "2026-07-06T1506"))
    for before, after, kind, places in (
        (none, listed, "ScopesStated", 182),
        (listed, echoed, "ScopesReworded", 182),
        (none, echoed, "ScopesStated", 364),
    ):
        (change,) = compare(before, after)
        assert (type(change).__name__, len(change.places), len(change.sites)) == (kind, places, 182)
