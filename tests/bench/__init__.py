"""Benches: each goal beside its comparator, in one run, the work asserted. Run as `python -m tests.bench.NAME`."""
