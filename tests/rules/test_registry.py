"""What holds for every rule, with no further code for a new one."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.algebra import Relation, Sides
from monitor.compare import changes
from monitor.compare.changes import AcceptedValuesChanged, Change, Effect, Location, Unclassified, schemas, subschemas
from monitor.contract import Direction, OperationRef, Site
from monitor.reading import contract_of, read
from monitor.rules import Example, Finding, Level, Rule, by_id, catalogue, judge, lawful, rule_for, worst
from monitor.rules.areas import conditions, contents
from monitor.rules.areas.bounds import KEYWORDS
from monitor.rules.variance import VARIANCE

Judge = Callable[[str, str], tuple[Finding, ...]]
OF_SCHEMAS = [rule for rule in catalogue() if rule.example.kind == "schema"]
THING = "/components/schemas/Thing"
EFFECTS = {
    Relation.EQUAL: Effect.NEUTRAL,
    Relation.NARROWED: Effect.NARROWED,
    Relation.WIDENED: Effect.WIDENED,
    Relation.OVERLAPPING: Effect.CHANGED,
    Relation.DISJOINT: Effect.CHANGED,
}
EVERY_RULE = pytest.mark.parametrize("rule", catalogue(), ids=lambda rule: rule.id)

LAW = re.compile(
    r"[a-z]+(-[a-z]+)*-(became-[a-z]+(-[a-z]+)*|added|removed|increased|decreased|changed|renamed)", re.ASCII
)
"""`subject-became-state`, `subject-added|removed`, `keyword-increased|decreased`; `changed` and `renamed` for what has
no direction of its own."""

FORBIDDEN = {"check", "avoid", "breaking", "risky", "compatible", "docs", "response", "error", "warning"}


def change_classes() -> list[type[Change]]:
    """Every public class of changes."""
    found = dict(inspect.getmembers(changes, inspect.isclass))
    return [
        each
        for name, each in sorted(found.items())
        if issubclass(each, Change) and each is not Change and not name.startswith("_")
    ]


OPERATION = OperationRef("/things", "POST")
SITES = st.lists(st.sampled_from([Site(OPERATION, direction, "body") for direction in Direction]), max_size=2)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
WORDS = {
    "keyword": st.sampled_from(
        [row.name for row in KEYWORDS]
        + [
            "type",
            "in",
            "flows",
            "openIdConnectUrl",
            "description",
            "x-order",
            "x-stability-level",
            "x-extensible-enum",
        ]
    ),
    "kind": st.sampled_from(["operation", "webhook", "callback"]),
    "of": st.sampled_from(["parameter", "schema"]),
    "status": st.sampled_from(["200", "204", "2XX", "302", "404", "5XX", "default"]),
    "value": JSON,
}
POINTERS = st.sampled_from(
    [None, "/paths/~1things/post/x-stability-level", "/components/schemas/Thing/x-stability-level"]
)


def any_change(of: type[Change]) -> st.SearchStrategy[Change]:
    """Any change of one class, with any facts that it can carry."""
    hints = get_type_hints(of)
    base = {field.name for field in dataclasses.fields(Change)}
    own = [field.name for field in dataclasses.fields(of) if field.name not in base]
    fields = {name: WORDS[name] if name in WORDS else st.from_type(hints[name]) for name in own}
    if issubclass(of, schemas._OfBound):
        comes_and_goes = of in (changes.BoundAdded, changes.BoundRemoved)
        fields["keyword"] = st.sampled_from([row.name for row in KEYWORDS if not (row.always and comes_and_goes)])
    if issubclass(of, subschemas._OfSubschema):
        undecided = of is changes.SubschemaChanged
        fields["keyword"] = st.sampled_from(
            ["if", "contains"] if undecided else [row.name for row in conditions.KEYWORDS]
        )
    if issubclass(of, subschemas._OfContent):
        fields["keyword"] = st.sampled_from([row[0] for row in contents.KEYWORDS])
    return st.builds(
        of, location=st.builds(Location, POINTERS, POINTERS), before=JSON, after=JSON, sites=SITES.map(tuple), **fields
    )


DEFINITIONS = tuple(
    f"/{section}/" for section in ("components", "definitions", "parameters", "responses", "securityDefinitions")
)
"""Where what no operation uses is met by nobody. What is unknown elsewhere may be meant for every operation."""


@given(data=st.data())
@settings(max_examples=400, deadline=None)
def test_every_change_has_exactly_one_rule_whatever_its_facts(data: st.DataObject) -> None:
    change = data.draw(st.sampled_from(change_classes()).flatmap(any_change))
    rule = rule_for(change)
    (finding,) = judge([change])
    assert finding.rule is rule
    assert [site for site, _ in finding.levels] == list(change.sites)
    if change.sites:
        assert finding.level is worst(level for _, level in finding.levels)
    elif isinstance(change, Unclassified):
        held = (change.location.after or change.location.before or "").startswith(DEFINITIONS)
        assert finding.level is (Level.COMPATIBLE if held else Level.RISKY)
    else:
        assert finding.level in (Level.COMPATIBLE, Level.DOCS)
    assert finding.message


@pytest.mark.parametrize("of", change_classes(), ids=lambda each: each.__name__)
def test_every_class_of_changes_has_a_rule(of: type[Change]) -> None:
    assert [rule for rule in catalogue() if rule.on is of]


@EVERY_RULE
def test_a_rule_is_named_by_the_law(rule: Rule) -> None:
    assert LAW.fullmatch(rule.id)
    assert not FORBIDDEN & set(rule.id.split("-"))


@EVERY_RULE
def test_levels_follow_the_variance_table_or_a_waiver_says_why_not(rule: Rule) -> None:
    follows = lawful(rule.effect, request=rule.request, response=rule.response)
    if follows:
        assert rule.waiver is None, "the levels are those of the table: the waiver is stale"
    else:
        assert rule.waiver, f"a {rule.effect} change cannot be {rule.request} and {rule.response} without a reason"


@pytest.mark.parametrize("rule", OF_SCHEMAS, ids=lambda rule: rule.id)
def test_levels_follow_from_the_sets_of_the_example_or_the_declaration_says_why_not(rule: Rule) -> None:
    before, after = (contract_of(read(text.encode(), source="example.yaml")) for text in rule.example.documents())
    agree: dict[Direction, bool] = {}
    for direction in Direction:
        pair = Sides(before, after, direction).pair(before.at(THING), after.at(THING))
        found = pair.relate().relation
        # What the sets cannot decide agrees with a rule that says the same, and with no other.
        effect = EFFECTS.get(found, Effect.UNDECIDED)
        agree[direction] = rule.level(direction) in VARIANCE[effect][direction]
    if rule.waiver is None and rule.effect is not Effect.UNDECIDED:
        assert all(agree.values()) or rule.unseen, f"the sets of the example give other levels: {agree}"
    if rule.unseen is not None:
        assert not all(agree.values()), "the reason is stale"


@EVERY_RULE
def test_a_rule_says_in_sentences_why_and_what_to_do(rule: Rule) -> None:
    for words in (rule.why, rule.advice, rule.template, rule.waiver or "None."):
        assert words.endswith("."), words
        assert words == words.strip()
    assert len(rule.why) > 20


@EVERY_RULE
def test_the_advice_is_a_sentence_or_two_that_the_reason_does_not_say(rule: Rule) -> None:
    reasons, advice = (re.split(r"(?<=[.?!]) +(?=[A-Z`])", words) for words in (rule.why, rule.advice))
    assert 1 <= len(advice) <= 3
    assert not set(reasons) & set(advice)


@EVERY_RULE
def test_what_can_hurt_a_client_has_advice_that_says_what_to_do(rule: Rule) -> None:
    hurts = {Level.BREAKING, Level.RISKY} & {rule.request, rule.response}
    assert not (hurts and rule.advice.startswith("Nothing"))


@EVERY_RULE
def test_a_rule_fires_on_its_example_and_on_nothing_else_there(rule: Rule, judged: Judge) -> None:
    findings = judged(*rule.example.documents())
    beside = [finding for finding in findings if finding.rule is not rule]
    # What no single fact says stands beside facts that say nothing of it.
    assert not beside or (rule.on is AcceptedValuesChanged and all(each.level is Level.COMPATIBLE for each in beside))
    (finding,) = (each for each in findings if each.rule is rule)
    assert finding.change.effect is rule.effect or rule.when is not None
    assert all(level is rule.level(site.direction) for site, level in finding.levels)
    if rule.example.kind == "schema" and rule.on is not AcceptedValuesChanged:
        assert {site.direction for site, _ in finding.levels} == set(Direction)


@EVERY_RULE
def test_a_rule_is_silent_when_nothing_changed(rule: Rule, judged: Judge) -> None:
    for document in rule.example.documents():
        assert judged(document, document) == ()


@EVERY_RULE
def test_the_reverse_pair_fires_another_rule_unless_the_verb_is_symmetric(rule: Rule, judged: Judge) -> None:
    before, after = rule.example.documents()
    reverse = [finding.rule.id for finding in judged(after, before)]
    assert len(reverse) == 1
    if rule.on is AcceptedValuesChanged:
        assert reverse != [rule.id], "told in the one direction in which a value shows it"
    else:
        assert (reverse == [rule.id]) is rule.symmetric


@EVERY_RULE
def test_every_rule_has_a_case_file_in_its_area(rule: Rule, project: Path) -> None:
    assert (project / "tests" / "cases" / rule.area / f"{rule.id}.md").is_file()


def test_no_case_file_is_about_a_rule_that_is_gone(project: Path) -> None:
    files = sorted((project / "tests" / "cases").glob("*/*.md"))
    assert [file.name for file in files if file.stem not in by_id()] == []
    assert [file.name for file in files if by_id()[file.stem].area != file.parent.name] == []


def test_the_catalogue_is_ordered_by_id_and_has_no_id_twice() -> None:
    ids = [rule.id for rule in catalogue()]
    assert ids == sorted(set(ids))


def test_bounds_are_one_table_of_four_edits_and_two_of_the_bound_itself() -> None:
    bounds = [rule.id for rule in catalogue() if rule.area == "bounds"]
    itself = {"bound-became-exclusive", "bound-became-inclusive"}
    assert itself < set(bounds)
    assert len(bounds) == sum(2 if row.always else 4 for row in KEYWORDS) + len(itself)
    signs = {rule.id: (rule.request, rule.response) for rule in catalogue() if rule.area == "bounds"}
    assert signs["max-length-decreased"] == signs["min-length-increased"] == (Level.BREAKING, Level.COMPATIBLE)
    assert signs["max-length-increased"] == signs["min-length-decreased"] == (Level.COMPATIBLE, Level.BREAKING)
    assert signs["max-length-added"] == (Level.RISKY, Level.COMPATIBLE)
    assert signs["maximum-added"] == (Level.BREAKING, Level.COMPATIBLE)


def test_a_declaration_that_asks_for_an_unknown_fact_is_refused_at_once() -> None:
    from monitor.rules import rule

    def named_by_nobody(change: changes.PropertyAdded) -> None:
        """The property `{nickname}` is new."""

    declare = rule(
        on=changes.EnumAdded,
        request=Level.DOCS,
        response=Level.DOCS,
        why="It is a test.",
        advice="None.",
        example=Example.of(before="{}", after="{}"),
    )
    with pytest.raises(TypeError, match="nickname"):
        declare(named_by_nobody)  # type: ignore[arg-type]
