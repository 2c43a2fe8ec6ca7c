"""The rules' pages are generated; this says whether they are fresh, and that they say what a reader needs."""

from __future__ import annotations

import re
from pathlib import Path

from monitor.rules import catalogue
from monitor.rules.pages import INDEX, pages


def test_the_pages_are_fresh(project: Path) -> None:
    written = {file.name: file.read_text(encoding="utf-8") for file in (project / "docs" / "rules").glob("*.md")}
    assert written == pages(), "run: python docs/generate.py"


def test_every_rule_has_a_page_with_its_example_and_the_index_leads_to_it() -> None:
    texts = pages()
    for rule in catalogue():
        page = texts[f"{rule.id}.md"]
        assert rule.example.before in page
        assert rule.example.after in page
        assert rule.why in page
        assert f"({rule.id}.md)" in texts[INDEX]


def test_no_link_of_the_pages_leads_nowhere(project: Path) -> None:
    folder = project / "docs" / "rules"
    for name, text in pages().items():
        for link in re.findall(r"\]\(([^)#]+)\)", text):
            assert (folder / link).exists(), f"{name}: {link}"
