"""Changes as the cases of a JUnit report, which every CI system shows: a change that fails the run is a failure."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final
from xml.etree import ElementTree as ET

from monitor.report.diff import change_text
from monitor.report.diff_lines import statement
from monitor.report.diffdoc import ChangeEntry
from monitor.report.excerpts import DiffView
from monitor.report.ours import UNUSED, is_aside, muted_words, opening_words
from monitor.report.text import Style, plain
from monitor.rules import Level

_WIDTH: Final = 120
_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write (section 2.2)."""


def breaks(change: ChangeEntry) -> bool:
    """What fails where nobody said what should: what is breaking, for the reader where its use is known."""
    return change.our_level == Level.BREAKING


def diff_junit(view: DiffView, fails: Callable[[ChangeEntry], bool] = breaks) -> str:
    """One suite with a case for each change, in their order; without changes one case, which passed.

    What the reader does not use or somebody has muted is skipped, which says so and fails nothing. The name of a case
    is the same whoever reads it: CI systems follow a case by it.
    """
    document = view.document
    aside = [change for change in document.changes if is_aside(change)]
    failed = sum(fails(change) for change in document.changes if not is_aside(change))
    counts: dict[str, Any] = {"tests": str(len(document.changes) or 1), "failures": str(failed), "errors": "0"}
    counts["skipped"] = str(len(aside))
    root = ET.Element("testsuites", name="specwatch", **counts)
    name = f"{document.before.source} to {document.after.source}"
    suite = ET.SubElement(root, "testsuite", name=_xml(name), **counts)
    properties = ET.SubElement(suite, "properties")
    told = [("sum", words) for words in opening_words(document)] + [("note", note) for note in view.notes]
    for name, text in told:
        ET.SubElement(properties, "property", name=name, value=_xml(text))
    if not document.changes:
        ET.SubElement(suite, "testcase", classname="specwatch", name="no changes")
    for change in document.changes:
        _case(suite, view, change, failed=fails(change))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _case(suite: ET.Element, view: DiffView, change: ChangeEntry, *, failed: bool) -> None:
    page, span = view.pages.place(change)
    where: dict[str, Any] = {"file": _xml(page.file), **({} if page.together else {"line": str(span.line)})}
    case = ET.SubElement(suite, "testcase", classname=change.rule, name=_xml(statement(change)), **where)
    lines = change_text(change, width=_WIDTH, style=Style(), promise=view.document.promise is not None)
    text = "".join(f"\n{_NO_XML.sub('�', line)}" for line in lines) + "\n"
    if is_aside(change):
        ET.SubElement(case, "skipped", message=_xml(muted_words(change) or f"{UNUSED}.")).text = text
    elif failed:
        ET.SubElement(case, "failure", message=_xml(change.message), type=change.level).text = text
    else:
        ET.SubElement(case, "system-out").text = text


def _xml(text: str) -> str:
    return _NO_XML.sub("\ufffd", plain(text))
