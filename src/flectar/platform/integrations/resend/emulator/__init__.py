"""A strict local Resend: the documented API over real HTTP on loopback, for demo and tests. Never in production.

Start it with `python -m flectar.platform.integrations.resend.emulator --port 8025 --store mail.sqlite3`. It uses the
standard library only and nothing of the product, its signing code included: two authors of one protocol find each
other's mistakes.

`rules` says what a request must look like, `mailbox` keeps what was accepted, `events` sends signed webhooks, `server`
speaks HTTP and holds the fault switches.
"""
