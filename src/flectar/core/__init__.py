"""No business words: tenancy, ids, money, time, crypto, http, events, jobs, limits."""
