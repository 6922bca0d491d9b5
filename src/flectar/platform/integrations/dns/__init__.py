"""The domain name system, as far as we ask it: core/dns.py asks, the emulator answers in tests and in the demo."""
