"""`specwatch deprecations set` and `done`, as they are typed."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import BEFORE

GONE = "DELETE /v1/lanterns/{id}"


@pytest.fixture
def acme(specwatch, place):
    """A source with one deprecation at its baseline."""
    (place / "spec.yaml").write_text(BEFORE)
    assert specwatch("add", "acme", str(place / "spec.yaml"), "--promise", "incident-io").code == 0
    assert specwatch("check", "acme").code == 0


def entry(specwatch):
    (found,) = json.loads(specwatch("deprecations", "acme", "--format", "json").out)
    return found


@pytest.mark.usefixtures("acme")
def test_the_baseline_says_what_to_do_about_it_and_doing_it_helps(specwatch):
    text = " ".join(specwatch("deprecations", "acme").out.split())
    assert "deadline unknown, possibly past" in text
    assert f"`specwatch deprecations set acme '{GONE}' --since DATE --why TEXT`" in text
    result = specwatch("deprecations", "set", "acme", GONE, "--since", "2020-01-31", "--by", "jo", "--why", "a mail")
    assert result.code == 0, result.err
    assert "deadline 2020-04-30" in result.out
    assert entry(specwatch)["deadline"] == "2020-04-30"
    assert entry(specwatch)["evidence"][-1]["kind"] == "manual"
    assert "possibly past" not in specwatch("deprecations", "acme").out


@pytest.mark.usefixtures("acme")
def test_what_is_set_stays_after_another_check(specwatch):
    specwatch("deprecations", "set", "acme", GONE, "--deadline", "2099-01-01", "--by", "jo", "--why", "a mail")
    specwatch("check", "acme")
    assert entry(specwatch)["deadline"] == "2099-01-01"


@pytest.mark.usefixtures("acme")
def test_an_operation_without_any_evidence_can_be_set(specwatch):
    arguments = ("--successor", "GET /v2/lanterns", "--by", "jo", "--why", "a mail")
    assert specwatch("deprecations", "set", "acme", "GET /v1/lanterns", *arguments).code == 0
    found = json.loads(specwatch("deprecations", "acme", "--format", "json").out)
    assert {(each["subject"]["method"], each["successor"]) for each in found} == {
        ("DELETE", None),
        ("GET", "GET /v2/lanterns"),
    }


@pytest.mark.usefixtures("acme")
def test_done_is_counted_and_logged(specwatch):
    result = specwatch("deprecations", "done", "acme", GONE, "--by", "jo", "--note", "nobody calls it")
    assert result.code == 0, result.err
    assert entry(specwatch)["done"]["note"] == "nobody calls it"
    text = specwatch("deprecations", "acme").out
    assert "1 of all done" in text
    assert "(done: nobody calls it, jo)" in text


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("set", "acme", "GET /v1/lantern", "--why", "x", "--by", "jo"), "Did you mean 'GET /v1/lanterns'"),
        (("set", "acme", GONE, "--since", "2999-01-01", "--why", "x", "--by", "jo"), "still to come"),
        (("set", "acme", GONE, "--why", " ", "--by", "jo"), "--why says nothing"),
        (("done", "acme", "GET /v1/lanterns", "--note", "x", "--by", "jo"), "has no deprecation"),
        (("done", "nobody", GONE, "--note", "x", "--by", "jo"), "nobody"),
    ],
)
def test_mistakes_are_told_and_nothing_is_written(specwatch, arguments, words):
    before = specwatch("deprecations", "acme", "--format", "json").out
    result = specwatch("deprecations", *arguments)
    assert result.code == 2
    assert words in result.err
    assert specwatch("deprecations", "acme", "--format", "json").out == before
