"""Many pairs, for `make soak`: what the engine says of each is held against values. Prints what was found.

`SOAK_PAIRS` (20,000 by default) and `SOAK_SEED` (0) say how many and which; a pair is that of its seed alone, so that one
can be looked at again with `SOAK_PAIRS=1 SOAK_SEED=<its seed>`. Pairs in which properties are listed, pairs of parameters
and, where the corpus is there, of its definitions come with them, a tenth as many of each.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from tests.oracle import corpus, generation
from tests.oracle.tally import Tally, from_seed, run, run_parameters

CORPUS = Path(__file__).resolve().parents[2].parent / "shared" / "corpus"


def main() -> int:
    number, seed = int(os.environ.get("SOAK_PAIRS", "20000")), int(os.environ.get("SOAK_SEED", "0"))
    begun, tally = time.perf_counter(), Tally()
    run(from_seed(generation.pair, seed, number), tally)
    listing = Tally()  # apart: of what more schemas speak of, more often nothing is left
    run(from_seed(generation.listing_pair, seed, max(1, number // 10)), listing)
    tally.pairs, tally.faults = tally.pairs + listing.pairs, tally.faults + listing.faults
    run_parameters(from_seed(generation.scalar_pair, seed, max(1, number // 10)), tally)
    if CORPUS.is_dir():
        sides = corpus.definitions(CORPUS)
        run(from_seed(lambda each: corpus.pair(sides, each), seed, max(1, number // 10)), tally)
    for fault in tally.faults:
        print(f"UNSOUND {fault}\n")  # noqa: T201
    for drift in tally.drifts:
        print(f"DRIFT {drift}\n")  # noqa: T201
    print(f"{tally}\nseconds:                   {time.perf_counter() - begun:.0f}")  # noqa: T201
    return 1 if tally.faults or tally.drifts else 0


if __name__ == "__main__":
    sys.exit(main())
