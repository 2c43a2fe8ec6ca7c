"""Time and memory of specwatch on real documents. Run `python benchmarks/run.py` or `python -m benchmarks`."""
