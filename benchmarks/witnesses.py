"""How many breaking changes of schemas carry a witness that an independent validator confirmed.

    python -m benchmarks.witnesses [WORD…]        only the histories whose name holds one of the words

For each consecutive pair of the corpus: the differences as `specwatch diff --client strict` finds them. Of those that
are `breaking` and about a schema (the rule's own example is one) it counts by rule how many have a witness with
`verified: true`, and why the others have none. What is counted is the `witness` member of the diff's JSON; nothing is
computed here.

The documents are found as by `benchmarks.run`; a pair that cannot be compared is named and left out.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.run import CORPUS, HISTORIES, UNPACKED
from monitor.errors import SpecwatchError
from monitor.jobs import Input, diff_documents
from monitor.rules import Level, by_id

Change = tuple[str, str, Mapping[str, Any] | None]
"""Rule, level and witness of a change, as the diff's JSON has them."""

NO_WORD = "no witness, and no word why"


@dataclass
class Tally:
    """Breaking changes of schemas: by rule how many there are, how many are shown, and why the others are not."""

    found: Counter[str] = field(default_factory=Counter)
    shown: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, changes: Iterable[Change]) -> None:
        """Count the changes of one pair."""
        for rule, level, witness in changes:
            if level == Level.BREAKING and is_about_schemas(rule):
                self.found[rule] += 1
                if witness is not None and witness.get("verified") is True:
                    self.shown[rule] += 1
                else:
                    self.reasons.setdefault(rule, Counter())[why_not(witness)] += 1

    @property
    def share(self) -> float:
        """The part that is shown, 0 to 1; 1 where there is nothing to show."""
        return self.shown.total() / self.found.total() if self.found else 1.0


def is_about_schemas(rule: str) -> bool:
    """Whether a rule judges changes of schemas: its own example is one."""
    return by_id()[rule].example.kind == "schema"


def why_not(witness: Mapping[str, Any] | None) -> str:
    """Why a change has no verified value."""
    if witness is None:
        return NO_WORD
    if "exchange" in witness:
        return "shown by an exchange"
    if "value" in witness:
        return "a value that no validator confirmed"
    return str(witness.get("undecided", NO_WORD))


def changes_of(before: Path, after: Path) -> Iterator[Change]:
    """The changes between two documents. Raises SpecwatchError."""
    document = diff_documents(*(Input(path.read_bytes(), path.name) for path in (before, after)))
    for change in document.changes:
        yield change.rule, change.level, msgspec.to_builtins(change.witness)


def histories() -> Iterator[tuple[str, list[Path]]]:
    """The corpus's histories, and those that its `unpack.py` has unpacked, each with its versions in time order."""
    folders = [path for path in sorted(CORPUS.iterdir()) if path.is_dir()] if CORPUS.is_dir() else []
    unpacked = [UNPACKED / name for name in HISTORIES if (UNPACKED / name).is_dir()]
    for folder in (*folders, *unpacked):
        versions = sorted(path for path in folder.iterdir() if path.suffix in {".json", ".yaml"})
        if len(versions) > 1:
            yield f"{folder.parent.name}/{folder.name}", versions


def table(tally: Tally) -> Iterator[str]:
    """The figures in Markdown: a row a rule, the most frequent first, and a list of reasons."""
    yield "| rule | breaking changes | with a verified witness | share |"
    yield "|---|---:|---:|---:|"
    for rule, count in sorted(tally.found.items(), key=lambda item: (-item[1], item[0])):
        yield f"| {rule} | {count:,} | {tally.shown[rule]:,} | {tally.shown[rule] / count:.1%} |"
    yield f"| all | {tally.found.total():,} | {tally.shown.total():,} | {tally.share:.1%} |"
    for rule, reasons in sorted(tally.reasons.items()):
        for reason, count in sorted(reasons.items(), key=lambda item: (-item[1], item[0])):
            yield f"- {rule}, {count:,}: {reason}"


def main(words: Sequence[str]) -> int:
    """Print the figures of each history and of all. Returns the exit code."""
    whole = Tally()
    for name, versions in histories():
        if words and not any(word in name for word in words):
            continue
        own, left_out = Tally(), list[str]()
        for before, after in pairwise(versions):
            try:
                changes = list(changes_of(before, after))
            except SpecwatchError as error:
                left_out.append(f"{before.name} and {after.name}: {error.what}")
                continue
            own.add(changes)
            whole.add(changes)
        print(f"{name}: {own.shown.total():,} of {own.found.total():,}", flush=True)
        print("".join(f"  left out: {line}\n" for line in left_out), end="", flush=True)
    if not whole.found:
        print("no breaking change of a schema was found: is the corpus there?")
        return 0
    print()
    print("\n".join(table(whole)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
