"""A strict local Google sign-in: OpenID Connect over real HTTP on loopback, for demo and tests. Never in production.

Start it with `python -m flectar.platform.integrations.google.emulator --port 8026`. It uses nothing of the product, and
writes its tokens by hand: two authors of one protocol find each other's mistakes.

`people` says who has an account there, `tokens` signs, `server` speaks HTTP and holds the fault switches. Sources:
developers.google.com/identity/openid-connect, OpenID Connect Core 1.0, RFC 6749, RFC 7636 (PKCE), RFC 7517.
"""
