"""The kit of the JSON API under /api/v1: keys, rights, problems, cursors, idempotency, and its reference page.

Each app brings its own operations in `api.py`; config/api.py puts them together. Start at kit.py: `Api` guards every
operation in one place. keys.py makes and checks keys, gate.py says who calls before a project's scope is open.
"""
