"""Measures the promises of docs/build/performance.md, each beside a reference. Start at `__main__.py`."""
