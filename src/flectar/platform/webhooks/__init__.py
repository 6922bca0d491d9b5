"""Outgoing webhooks, by the Standard Webhooks specification: a project tells a program of its own what happened.

An *endpoint* is an address with the events it wants; a *delivery* is one event on its way to one endpoint; an *attempt*
is one request with what came back. Apps above declare their events (`catalogue.py`) and `emit` them from a reaction
(config/reactions.py), in the transaction of the deed; a job sends (`sending.py`).
"""
