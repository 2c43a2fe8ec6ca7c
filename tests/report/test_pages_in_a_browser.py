"""The pages in a real browser: their script runs under its own policy, and axe-core finds nothing to object to in any.

Skips where no Chromium is installed.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from importlib import resources as packages
from pathlib import Path

import html5lib
import pytest

from monitor.report import DiffView, diff_html
from monitor.report.excerpts import pages

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed")
DARK, LIGHT = "0", "1"

BEFORE = """\
openapi: 3.0.3
info: {title: Lanterns, version: '1'}
paths:
  /v1/lanterns:
    get:
      responses:
        '200':
          description: All of them.
          content: {application/json: {schema: {$ref: '#/components/schemas/Lantern'}}}
  /v1/wicks:
    delete:
      responses: {'204': {description: Gone.}}
components:
  schemas:
    Lantern:
      type: object
      required: [id]
      properties: {id: {type: string, maxLength: 8}, lit: {type: boolean}}
"""
AFTER = BEFORE.replace("    delete:\n      responses", "    delete:\n      deprecated: true\n      responses").replace(
    "required: [id]\n      properties: {id: {type: string, maxLength: 8}, lit: {type: boolean}}",
    "properties: {id: {type: string, maxLength: 9}, oil: {type: string}}",
)


@pytest.fixture(scope="module")
def page(compared) -> str:
    document = compared(BEFORE, AFTER, promise="incident-io")
    return diff_html(DiffView(document, pages(document, BEFORE.encode(), AFTER.encode())))


@pytest.fixture
def shown(tmp_path) -> Callable[..., str]:
    """The document as it stands after the page's scripts have run."""

    def run(text: str, *, width: int = 1200, scheme: str = LIGHT, at: str = "") -> str:
        file = tmp_path / "page.html"
        file.write_text(text, encoding="utf-8")
        command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
        command += [f"--window-size={width},900", f"--blink-settings=preferredColorScheme={scheme}"]
        command += ["--virtual-time-budget=20000", "--dump-dom", f"{file.as_uri()}{at}"]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout

    return run


def test_the_script_runs_under_the_policy_of_its_page(page, shown):
    dom = html5lib.parse(shown(page), namespaceHTMLElements=False)
    (form,) = dom.iter("form")
    assert "hidden" not in form.attrib
    (status,) = [each for each in dom.iter("span") if each.get("id") == "shown"]
    count = page.count("<article")
    assert count > 3
    assert status.text == f"{count} of {count} changes shown"


def test_no_other_script_runs(page, shown):
    smuggled = page.replace("</main>", "<script>document.title = 'owned'</script><b onclick=x>x</b></main>")
    assert smuggled != page
    assert "<title>owned" not in shown(smuggled)


def test_a_link_to_a_change_opens_it(page, shown):
    quiet = re.findall(r'<article class="change" id="(c-[0-9a-f]+)" data-level="(?:compatible|docs)"', page)[0]
    for at, is_open in (("", False), (f"#{quiet}", True)):
        dom = html5lib.parse(shown(page, at=at), namespaceHTMLElements=False)
        (change,) = [each for each in dom.iter("article") if each.get("id") == quiet]
        assert ("open" in next(change.iter("details")).attrib) is is_open


@pytest.mark.parametrize(
    ("field", "value", "rules"),
    [
        ("operation", "delete /v1", {"operation-became-deprecated"}),
        ("text", "BECAME-DEPRECATED", {"operation-became-deprecated"}),
    ],
)
def test_the_filter_shows_what_is_asked_for(page, shown, field, value, rules):
    asked = _scripted(
        page,
        f"const field = document.querySelector('[name={field}]'); field.value = {json.dumps(value)};"
        "field.dispatchEvent(new Event('input', {bubbles: true}));",
    )
    dom = html5lib.parse(shown(asked), namespaceHTMLElements=False)
    left = [each for each in dom.iter("article") if "hidden" not in each.attrib]
    assert {re.match(r"[a-z-]+", "".join(next(each.iter("dd")).itertext()))[0] for each in left} == rules
    # A heading without changes below it is gone too.
    sections = [each for each in dom.iter("section") if "hidden" not in each.attrib]
    assert len(sections) == 1


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1200, 320])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(page, shown, width, scheme):
    assert faults(page, shown, width=width, scheme=scheme) == ([], 0)


PAGES = sorted(path.name for path in (Path(__file__).parent / "golden").glob("*.html"))


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("width", "scheme"), [(1200, DARK), (320, LIGHT)], ids=["wide and dark", "narrow and light"])
def test_axe_finds_nothing_in_any_page_that_is_kept(shown, name, width, scheme):
    text = (Path(__file__).parent / "golden" / name).read_text(encoding="utf-8")
    assert faults(text, shown, width=width, scheme=scheme) == ([], 0)


def faults(page: str, shown: Callable[..., str], *, width: int, scheme: str) -> tuple[list[list[str]], int]:
    """What axe-core objects to with everything unfolded, and by how many pixels the page is too wide."""
    axe = (packages.files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")
    script = (
        "document.querySelectorAll('details').forEach((each) => { each.open = true; });"
        "axe.run(document, {resultTypes: ['violations']}).then((found) => {"
        "const told = found.violations.map((each) => [each.impact, each.id, each.nodes[0].html]);"
        "const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;"
        "document.documentElement.dataset.told = JSON.stringify([told, wide, found.passes.length > 0]); });"
    )
    dom = html5lib.parse(shown(_scripted(page, axe, script), width=width, scheme=scheme), namespaceHTMLElements=False)
    violations, wide, looked = json.loads(dom.attrib["data-told"])
    assert looked
    return violations, max(wide, 0)


def _scripted(page: str, *scripts: str) -> str:
    """The page with scripts of the test behind its own, and without the policy that would stop them."""
    page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    return page.replace("</body>", "".join(f"<script>{script}</script>" for script in scripts) + "</body>")
