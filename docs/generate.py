"""Writes the generated part of the documentation: `docs/rules/` from the declarations of the rules, `docs/profiles.md`,
`docs/keywords.md`.

    python docs/generate.py

Tests (tests/rules/test_pages.py, tests/rules/test_keywords.py, tests/policy/test_pages.py) fail when what is written
here is not what lies there.
"""

from __future__ import annotations

from pathlib import Path

from monitor.policy import profiles_page
from monitor.rules.keywords_page import keywords_page
from monitor.rules.pages import pages

DOCS = Path(__file__).parent
FOLDER = DOCS / "rules"


def main() -> None:
    """Write every page, and take away those of rules that are gone."""
    FOLDER.mkdir(exist_ok=True)
    texts = pages()
    for stale in FOLDER.glob("*.md"):
        if stale.name not in texts:
            stale.unlink()
    for name, text in texts.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    (DOCS / "profiles.md").write_text(profiles_page(), encoding="utf-8")
    (DOCS / "keywords.md").write_text(keywords_page(), encoding="utf-8")
    print(f"{FOLDER}: {len(texts)} pages")  # noqa: T201 - a script that says what it did


if __name__ == "__main__":
    main()
