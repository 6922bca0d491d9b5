"""Resend: sends our mail (`backend`) and tells us what became of it (`views`, `signature`, `events`)."""
