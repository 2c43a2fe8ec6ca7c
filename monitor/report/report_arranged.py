"""The changes of a report by level or by operation, as text and Markdown: each as `specwatch diff` tells it, with where
and when it was seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from monitor.policy import PromiseState
from monitor.report.arrangement import Arranged, Arrangement, Placed, all_placed, arranged
from monitor.report.diff import change_item, change_line, change_markdown, change_text
from monitor.report.entries import by_rule
from monitor.report.report_story import Story
from monitor.report.text import Style, code, escape, wrap
from monitor.rules import Level

_WORD = 12
_URGENT = (Level.BREAKING, Level.RISKY)


def arranged_text(told: Iterable[Story], by: Arrangement, width: int, style: Style) -> list[str]:
    """The lines: what is urgent in full, what is compatible a line each, docs in counts."""
    lines: list[str] = []
    rules: set[str] = set()
    for part in arranged(all_placed(told), by):
        lines += ["", *(style.bold(line) for line in wrap(part.title, width, rest="  "))]
        for each in _in_full(part):
            promise, first = each.promised, ("seen", each.seen)
            found = change_text(each.change, width=width, style=style, promise=promise, told=rules, first=first)
            lines += ["", *found]
        brief = list(_in_brief(part))
        if brief:
            lines.append("")
        for each in brief:
            words = wrap(
                f"{change_line(each.change)} (seen: {each.seen})", width, first=f"{each.change.level:<{_WORD}}"
            )
            lines += style.first(words, str(each.change.level))
        lines += [""] if _counted(part) and not brief else []
        lines += [f"{Level.DOCS:<{_WORD}}{count:,} {rule}" for rule, count in _counted(part)]
    return lines


def arranged_markdown(told: Iterable[Story], by: Arrangement) -> list[str]:
    """The same, folded as in `diff_markdown`."""
    parts: list[str] = []
    rules: set[str] = set()
    for part in arranged(all_placed(told), by):
        items = [
            change_markdown(each.change, promise=each.promised, told=rules, folded=True, first=("seen", each.seen))
            for each in _in_full(part)
        ]
        items += [f"{change_item(each.change)} (seen: {escape(each.seen)})" for each in _in_brief(part)]
        items += [f"- {Level.DOCS}: {count:,} {code(rule)}" for rule, count in _counted(part)]
        folded = part.aside
        parts.append(f"<details><summary>{escape(part.title)}</summary>" if folded else f"## {escape(part.title)}")
        parts += ["\n".join(items), *(["</details>"] if folded else [])]
    return parts


def _in_full(part: Arranged) -> Iterator[Placed]:
    return (each for each in part.changes if not part.aside and each.change.level in _URGENT)


def _in_brief(part: Arranged) -> Iterator[Placed]:
    """What takes a line: what is compatible, docs that break the promise, and all that is set aside."""
    for each in part.changes:
        broken = each.change.promise == PromiseState.BROKEN
        if part.aside or each.change.level == Level.COMPATIBLE or (each.change.level == Level.DOCS and broken):
            yield each


def _counted(part: Arranged) -> Sequence[tuple[str, int]]:
    if part.aside:
        return ()
    return by_rule(
        each.change
        for each in part.changes
        if each.change.level == Level.DOCS and each.change.promise != PromiseState.BROKEN
    )
