"""`{% load booking %}`: times and places of bookings, for templates."""
