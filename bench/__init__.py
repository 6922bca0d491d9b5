"""Measures the promises of docs/build/performance.md, each beside a reference in the same run. Start at `__main__.py`."""
