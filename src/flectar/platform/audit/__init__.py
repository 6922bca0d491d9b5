"""Who did what, when, to what: an append-only log.

`record(...)` writes an entry in the deed's own transaction. Grants and triggers refuse change and deletion.
The lowest app of the platform: it knows others by plain ids only.
"""
