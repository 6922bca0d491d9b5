"""A name server of our own on loopback: real UDP and TCP messages, authoritative for whatever its zone holds.

As strict as a real one: unknown names are NXDOMAIN, known ones without such a record are empty, aliases are followed,
other classes and operations are refused. Faults on request: silent, servfail, truncated.
"""
