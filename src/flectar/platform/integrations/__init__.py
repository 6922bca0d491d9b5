"""The outside world: one folder per provider, each with a client, a signature check and a strict local emulator.

Nothing below this floor knows a provider by name: the outbox sends through whatever mailer the settings name, and
what a provider tells us comes in through the `Inbox` table here, once per event.
"""
