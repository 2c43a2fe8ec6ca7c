"""Time and memory of specwatch on real documents: `python -m benchmarks`.

`python -m benchmarks.witnesses` counts how many of their breaking changes are shown by a value.
"""
