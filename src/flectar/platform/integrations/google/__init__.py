"""Google: its sign-in is `platform/accounts/google.py`; here is the local Google of demo and tests."""
