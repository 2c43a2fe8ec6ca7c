"""Each exemption is needed: its pair has a value that shows a break, the engine calls it compatible, the stance says why."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monitor.rules import Level
from tests.oracle.exemptions import EXEMPTIONS, Exemption
from tests.oracle.judging import compared, judged

STANCE = Path(__file__).resolve().parents[2] / "docs" / "stance.md"


def _ids(exemption: Exemption) -> str:
    return exemption.name


@pytest.mark.parametrize("exemption", EXEMPTIONS, ids=_ids)
def test_without_it_its_pair_is_unsound(exemption: Exemption) -> None:
    rest = tuple(each for each in EXEMPTIONS if each is not exemption)
    assert compared(exemption.case).level(exemption.direction).rank >= Level.COMPATIBLE.rank
    assert [each.direction for each in judged(exemption.case, 0, rest).unsound] == [exemption.direction]


@pytest.mark.parametrize("exemption", EXEMPTIONS, ids=_ids)
def test_with_it_its_pair_is_sound(exemption: Exemption) -> None:
    assert not judged(exemption.case, 0).faults


@pytest.mark.parametrize("exemption", EXEMPTIONS, ids=_ids)
def test_the_stance_says_why(exemption: Exemption) -> None:
    said = re.sub(r"\s+", " ", STANCE.read_text(encoding="utf-8"))
    assert exemption.stance in said
