"""Bookings: who does what, when, and for whom.

Words: a *service* is what is sold; a *resource* is who or what does it (staff today); *rules* say when it could happen
(hours, closures, busy time of other calendars); a *claim* is time already given away, and claims never overlap because
the database refuses it. A *booking* is the promise to a customer; its claims hold the time.

Start at `availability.py` (which times are free, and why not), then `lifecycle.py` (book, move, cancel), then
`queries.py` (what other apps ask).
"""
