"""Bringing in what another system kept: calendar files, and the bookings of a former system."""
