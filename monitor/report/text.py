"""What every text and Markdown report shares: harmless words, wrapping, colour, counts, lists, dates, escaping.

The words of a watched document are somebody else's: `plain` takes the sting out of them before they reach a terminal,
`escape`, `code` and `prose` before they reach a Markdown page.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from monitor.values import JsonValue

NAMED: Final = 5
"""Operations that a reader is shown by name; the JSON has all of them."""

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_RESET: Final = "\x1b[0m"
_BOLD: Final = "\x1b[1m"
_DIM: Final = "\x1b[2m"
_COLOURS: Final = {
    "breaking": "\x1b[1;31m",
    "broken": "\x1b[31m",
    "failed": "\x1b[1;31m",
    "risky": "\x1b[33m",
    "compatible": "\x1b[32m",
    "allowed": "\x1b[32m",
}

# What nobody sees: controls of the direction of writing, and of category Cf what has no glyph (soft hyphen, zero-width
# characters, invisible operators, tag characters, which can carry a whole text). The two joiners belong to scripts and
# emoji, and are harmless between their letters; beside ASCII they only make two names look the same.
_UNSEEN: Final = (
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
    "|(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])"
)
# Everything that moves the cursor, changes the colour or turns the direction of writing, that nobody sees, and what
# UTF-8 cannot hold: C0 and C1 controls, line and paragraph separators, annotation characters, lone surrogates as well.
_HARMFUL: Final = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufff9-\ufffb\ud800-\udfff]|{_UNSEEN}")
# Of these what nobody sees is shown by name: text around it may read as it is not.
_SHOWN: Final = re.compile(_UNSEEN)
# What the log of a CI system obeys wherever a line begins with it (GitHub), or contains it (Azure Pipelines, TeamCity).
_OBEYED: Final = re.compile(r"(?<!\S)::(?=[A-Za-z])|##(?=\w*\[)")
# Addresses, mentions, references to issues, commits and labels, emoji: autolinks of GitHub Flavored Markdown (6.9) and
# what the pages of GitHub and GitLab link besides.
_MADE_MUCH_OF: Final = re.compile(
    r"@|://|www\.|mailto:|xmpp:|[#!~%&$]\d|\bGH-\d|:[A-Za-z0-9_+-]+:|(?<![0-9A-Za-z])[0-9a-f]{7,40}(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_SPACE: Final = re.compile(r"[ \t\r\n\x0b\x0c\u2028\u2029\x85]+")
HARD: Final = "\xa0"
"""Stands for a space at which no line is broken; `wrap` puts a space in its place."""


def plain(text: str) -> str:
    """The text on one line, with nothing in it that a terminal or the log of a CI system obeys.

    White space is one space; what turns the direction of writing or is not seen at all is shown by name, `[U+202E]`;
    the rest is �.
    """
    return _flat(text).strip()


def harmless(text: str) -> str:
    """The text with its lines as they are, and nothing in it that a terminal obeys."""
    return "\n".join(_unobeyed(line.replace("\t", " ")) for line in text.split("\n"))


def _flat(text: str) -> str:
    return _unobeyed(_SPACE.sub(" ", text))


def _unobeyed(text: str) -> str:
    text = _OBEYED.sub(lambda found: " ".join(found[0]) if found[0] == "::" else "## ", text)
    return _HARMFUL.sub("\ufffd", _SHOWN.sub(lambda found: f"[U+{ord(found[0]):04X}]", text))


def clip(text: str, longest: int) -> str:
    """The text, cut with … where it has more than `longest` characters."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def value(of: JsonValue, longest: int | None = None) -> str:
    """A JSON value on one line, cut with … to `longest` characters where that is given."""
    text = plain(json.dumps(of, ensure_ascii=False, sort_keys=True))
    return text if longest is None else clip(text, longest)


def json_text(of: object) -> str:
    """A value as indented JSON (RFC 8259), its keys in their order; what a terminal obeys is escaped."""
    return harmless_json(json.dumps(of, ensure_ascii=False, indent=2)) + "\n"


def harmless_json(text: str) -> str:
    """JSON text with the same values, in which nothing stands that a terminal or the log of a CI system obeys."""
    lines = text.split("\n")
    # Outside of strings JSON has none of these characters; inside each may be written as an escape (RFC 8259, 7).
    return "\n".join(_HARMFUL.sub(_escaped, line) for line in lines).replace("##", "#\\u0023")


def _escaped(found: re.Match[str]) -> str:
    # Beyond U+FFFF an escape is a surrogate pair; a lone surrogate is its own.
    units = found[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 change`, `2 changes`, `1,204 changes`; `many` where the plural is irregular."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def listed(items: Sequence[object], most: int = NAMED, *, last: str = "and", say: Callable[[str], str] = str) -> str:
    """`A`, `A and B`, `A, B and C`; of more than `most` the first ones: `A, B, C, D, E and 12 more`.

    `say` puts the text of an item as it is shown; it is not asked of those that are only counted.
    """
    shown = [say(str(item)) for item in items[:most]]
    if len(items) > most:
        return f"{', '.join(shown)} {last} {len(items) - most:,} more"
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} {last} {shown[-1]}"


def operations(of: Sequence[object], most: int = NAMED) -> str:
    """Operations as a list for text: `GET /a, POST /b and 12 more`; `wrap` does not break inside a name."""
    return listed(of, most, say=lambda name: keep(plain(name)))


def keep(text: str) -> str:
    """The text in one piece: `wrap` does not break it."""
    return text.replace(" ", HARD)


def loosened(text: str, room: int) -> str:
    """The text, in which what was to stay in one piece may be broken where it is longer than so many columns."""
    return " ".join(word.replace(HARD, " ") if len(word) > room else word for word in text.split(" "))


def wrap(text: str, width: int, *, first: str = "", rest: str | None = None) -> list[str]:
    """Lines of at most `width` characters where the words allow it; none ends in a space.

    The first line begins with `first`, the others with `rest` (as many spaces, unless told).
    """
    lines = textwrap.wrap(
        text,
        width=max(width, 20),
        initial_indent=first,
        subsequent_indent=" " * len(first) if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(HARD, " ").rstrip() for line in lines] or [first.rstrip()]


def short(fingerprint: str) -> str:
    """The beginning of a fingerprint, by which a change is named in `specwatch explain`."""
    return fingerprint[:8]


def day(of: date) -> str:
    """`2026-07-31`, of a day or of a moment (UTC)."""
    return f"{of:%Y-%m-%d}"


def long_day(of: date) -> str:
    """`9 October 2023`, whatever the locale."""
    return f"{of.day} {_MONTHS[of.month - 1]} {of.year}"


def moment(of: datetime) -> str:
    """`2026-07-31 17:32 UTC`."""
    return f"{of:%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True, slots=True)
class Style:
    """Colour where it is welcome. It only repeats what a word says already. Style what is wrapped, not before."""

    color: bool = False

    def bold(self, text: str) -> str:
        """For headings."""
        return self._paint(_BOLD, text)

    def dim(self, text: str) -> str:
        """For what most readers pass over."""
        return self._paint(_DIM, text)

    def word(self, word: str, text: str | None = None) -> str:
        """A word that has a colour of its own (a level, a promise's state), or another text in that colour."""
        return self._paint(_COLOURS.get(word, ""), word if text is None else text)

    def first(self, lines: Sequence[str], word: str) -> list[str]:
        """Wrapped lines, the first of which begins with `word`, with that word in its colour."""
        return [lines[0].replace(word, self.word(word), 1), *lines[1:]]

    def _paint(self, code: str, text: str) -> str:
        return f"{code}{text}{_RESET}" if self.color and code and text else text


def escape(text: str) -> str:
    """Text for Markdown, on one line: nothing in it is mark-up, HTML, a link or a mention, also in the cell of a table.

    What GitHub and GitLab make something of wherever it stands in a text (an address, `@somebody`, `#12`) no backslash
    keeps from them: such a word is a code span, where they leave it alone. Spaces at the ends are kept; everything else
    as in `plain`.
    """
    words = re.split("( +)", _flat(text))
    return "".join(_mute(word) if _MADE_MUCH_OF.search(word) else _escape(word) for word in words)


def _mute(word: str) -> str:
    # In a table a bar ends the cell even in a code span, so it stands between two.
    return "\\|".join(code(part) if part else "" for part in word.split("|"))


def _escape(word: str) -> str:
    word = word.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_\[\]#|~$])", r"\\\1", word)


def code(text: str, *, cell: bool = False) -> str:
    """A code span for Markdown, fenced by more backticks than stand in it.

    In the cell of a table (`cell`) a `|` needs a backslash even there, which is shown anywhere else.
    """
    text = plain(text) or " "
    text = text.replace("|", "\\|") if cell else text
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if "`" in (text[0], text[-1]) else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def prose(text: str, *, cell: bool = False) -> str:
    """A sentence of ours for Markdown: what stands between backticks is a code span, the rest is escaped.

    A name with a backtick in it may end a span too early; what follows is then escaped, so it stays harmless.
    """
    parts = plain(text).split("`")
    if len(parts) % 2 == 0:  # the last backtick has no partner
        parts[-2:] = ["`".join(parts[-2:])]
    made = ""
    for place, part in enumerate(parts):
        piece = code(part, cell=cell) if place % 2 and part else escape(part)
        # Two code spans that touch would be read as one, or as none.
        made += f" {piece}" if made.endswith("`") and piece.startswith("`") else piece
    return made
