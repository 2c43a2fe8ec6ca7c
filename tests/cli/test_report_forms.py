"""`specwatch report` as a page, and what is asked for of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import html5lib
import pytest


@pytest.fixture
def watched(specwatch, place) -> Path:
    folder = place / "versions"
    folder.mkdir()
    texts = {"2026-03-02": "before", "2026-05-04": "harmless", "2026-07-06": "after"}
    for day, name in texts.items():
        text = (place / f"{name}.yaml").read_text(encoding="utf-8")
        if day == "2026-03-02":
            text = text.replace("      deprecated: true\n", "")
        (folder / f"{day}T0800_openapi.yaml").write_text(text, encoding="utf-8")
    assert specwatch("add", "acme", "https://api.acme.example/openapi.json", "--promise", "incident-io").code == 0
    assert specwatch("import", "acme", str(folder)).code == 0
    return place


SPAN = ("--since", "2026-03-01", "--today", "2026-08-01")


def page_of(text: str):
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)


def test_the_page_has_the_timeline_and_a_table_that_says_the_same(watched, specwatch):
    page = page_of(specwatch("report", *SPAN, "--format", "html").out)
    svg = "{http://www.w3.org/2000/svg}"
    (line,) = [each for each in page.iter(f"{svg}svg") if each.get("role") == "img"]
    bars = ["".join(each.itertext()) for each in line.iter(f"{svg}text") if each.get("class") != "axis"]
    assert bars == ["DELETE /v1/lanterns/{id}"]
    (row,) = [each for each in page.iter("tr") if not list(each.iter("th"))]
    words = ["".join(cell.itertext()) for cell in row]
    (title,) = [each.text for each in line.iter(f"{svg}title")]
    assert words[0] == bars[0]
    assert all(word in title for word in words[1:4])
    assert words[3] == "2026-06-02"


def test_the_page_shows_every_change_with_both_versions(watched, specwatch):
    text = specwatch("report", *SPAN, "--format", "html").out
    page = page_of(text)
    told = json.loads(specwatch("report", *SPAN, "--format", "json").out)["sources"][0]["comparisons"]
    cards = list(page.iter("article"))
    assert len(cards) == sum(len(each["diff"]["changes"]) for each in told)
    assert "Before: acme@2026-05-04T08:00:00Z, line 30" in text
    assert len({each.attrib["id"] for each in cards}) == len(cards)


@pytest.mark.parametrize("by", ["source", "change", "operation"])
def test_the_page_is_grouped_as_it_is_asked_for(watched, specwatch, by):
    page = page_of(specwatch("report", *SPAN, "--format", "html", "--group-by", by).out)
    titles = ["".join(each.itertext()) for each in page.iter("h3") if each.get("class") == "over"][1:]
    first = {
        "source": "acme: seen between 2026-03-02 and 2026-05-04",
        "change": "Breaking (1)",
        "operation": "DELETE /v1/lanterns/{id}",
    }
    assert first[by] in titles
    assert len(titles) == len(set(titles))


def test_a_report_without_changes_is_a_page_too(watched, specwatch):
    page = page_of(specwatch("report", "--since", "2026-07-20", "--today", "2026-08-01", "--format", "html").out)
    assert not list(page.iter("article"))
    assert not list(page.iter("script"))


def test_a_report_shows_what_is_asked_for_and_counts_the_rest(watched, specwatch):
    result = specwatch("report", *SPAN, "--level", "breaking", "--path", "/v1/*")
    assert "required-property-removed" in result.out
    assert "DELETE /v1/lanterns/{id}" not in result.out
    left_out = r"\d more changes not shown: asked for was breaking, operations \* /v1/\*\."
    assert re.search(rf"^{left_out}$", result.out, re.MULTILINE)
    said = specwatch("report", *SPAN, "--level", "breaking", "--path", "/v1/*", "--format", "json").err
    assert re.fullmatch(rf"{left_out}\n", said)
    one = specwatch("report", *SPAN, "--operation", "DELETE /v1/**").out
    assert "DELETE /v1/lanterns/{id}" in one
    assert "required-property-removed" not in one


def test_a_report_goes_into_a_file(watched, specwatch, place):
    printed = specwatch("report", *SPAN, "--format", "html").out
    assert specwatch("report", *SPAN, "--format", "html", "--output", "r.html").out == ""
    assert (place / "r.html").read_text(encoding="utf-8") == printed


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_a_report_in_words_is_grouped_as_it_is_asked_for_and_loses_no_change(watched, specwatch, form):
    told = json.loads(specwatch("report", *SPAN, "--format", "json").out)["sources"][0]["comparisons"]
    changes = [change for each in told for change in each["diff"]["changes"] if change["level"] != "docs"]
    texts = {
        by: " ".join(specwatch("report", *SPAN, "--format", form, "--group-by", by).out.replace("`", "").split())
        for by in ("change", "operation")
    }
    for text in texts.values():
        assert all(text.count(change["message"].replace("`", "")) == 1 for change in changes)
        assert text.count("acme, between 2026-03-02 and 2026-05-04") >= 1
        assert text.index("Deadlines") < text.index("acme, between")
    assert texts["change"].index("Breaking (1)") < texts["change"].index("Compatible (")
    assert texts["operation"].index("DELETE /v1/lanterns/{id}", texts["operation"].index("Deadlines")) > 0
    assert texts["operation"] != texts["change"]


def test_the_json_of_a_report_has_its_own_order(watched, specwatch):
    refused = specwatch("report", *SPAN, "--format", "json", "--group-by", "change")
    assert refused.code == 2
    assert "the JSON has every comparison of every source" in refused.err
