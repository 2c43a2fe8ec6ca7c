"""Texts that hold something: how they are encoded (`contentEncoding`), and what is in them (`contentMediaType`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from monitor.compare.changes import ContentAdded, ContentChanged, ContentRemoved
from monitor.rules.areas.wording import ANNOTATION, READ_BOTH
from monitor.rules.example import Example
from monitor.rules.levels import Level
from monitor.rules.registry import rule

_Content = ContentAdded | ContentRemoved | ContentChanged


def _picks(keyword: str) -> Callable[[_Content], bool]:
    return lambda change: change.keyword == keyword


def _declare_row(keyword: str, subject: str, what: str, values: tuple[str, str]) -> None:
    def schema(value: str | None) -> str:
        return f"{{type: string, {keyword}: {value}}}" if value else "{type: string}"

    def declare(
        on: type[_Content], verb: str, sentence: str, levels: tuple[Level, Level], words: tuple[str, str],
        pair: tuple[str | None, str | None],
    ) -> None:  # fmt: skip
        def declared(change: _Content) -> None:
            """One cell of the table; its sentence is given in the declaration."""

        rule(
            on=on,
            when=_picks(keyword),
            name=f"{subject}-{verb}",
            sentence=sentence,
            request=levels[0],
            response=levels[1],
            why=words[0],
            unseen=ANNOTATION,
            advice=words[1],
            example=Example.of(before=schema(pair[0]), after=schema(pair[1])),
        )(declared)

    first, second = values
    declare(
        ContentAdded, "added", f"It is stated now {what}: {{after}}.", (Level.BREAKING, Level.COMPATIBLE),
        (f"Any text was accepted. Now it is said {what}, and a text that is not so is refused.",
         "Write the text in the form stated, and check stored ones before you send them."),
        (None, first),
    )  # fmt: skip
    declare(
        ContentRemoved, "removed", f"It is no longer stated {what}; it was {{before}}.",
        (Level.COMPATIBLE, Level.BREAKING),
        (f"A client was told {what}, and may now receive any text.",
         "Try to take the text apart, and have a branch for when that fails."),
        (first, None),
    )  # fmt: skip
    declare(
        ContentChanged, "changed", f"It differs {what}: {{before}} is {{after}} now.", (Level.BREAKING, Level.BREAKING),
        ("What was sent is refused, and what is received cannot be read as before.",
         READ_BOTH),
        (first, second),
    )  # fmt: skip


KEYWORDS: Final = (
    ("contentEncoding", "content-encoding", "how the text is encoded", ("base64", "base16")),
    ("contentMediaType", "content-media-type", "what is inside the text", ("application/json", "text/csv")),
)

for _row in KEYWORDS:
    _declare_row(*_row)
