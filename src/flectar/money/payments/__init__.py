"""Payments: what is asked for, what came in, and what is owed back or besides.

Words: a *subject* is what is paid for, named by a kind and an id, for this app knows none of the apps above; an
*intent* asks for one amount of it; an *event* is a provider's signed message, kept once however often it comes; a
*ledger intent* is a refund or a fee that somebody has still to carry out.

An app above asks (`asking.py`) and hears back by facts (`facts.py`). Only a verified event captures (`capturing.py`):
a browser that comes back proves nothing. Until a provider is connected, `testing.py` plays one on which no money moves;
it is there in a demo and in tests, nowhere else.
"""
