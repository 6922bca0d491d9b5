"""Paying for bookings: what is due, what has come, what goes back."""
