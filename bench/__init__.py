"""Benchmarks: `python -m bench [--only roster|portal]` measures, prints one line a bar and writes results.md."""
